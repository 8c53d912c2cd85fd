// Blocks of transactions in go-ethereum, over a state in memory.
package main

import (
	"encoding/binary"
	"math/big"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"
)

const transferGas = 21_000

// transfers is what src/cli/bench/rows_blocks.c describes. One StateDB stays from block to block,
// so that accounts and nodes of the trie that were touched are in its memory, decoded.
type transfers struct {
	evm      *vm.EVM
	db       *state.StateDB
	rules    params.Rules
	gasLimit uint64
	blocks   [][]core.Message
	runs     int
}

func transferAccounts(r *random, rules params.Rules, count int) (*state.StateDB, []common.Address) {
	in := state.NewDatabaseForTesting()
	db, err := state.New(types.EmptyRootHash, in)
	check(err)
	addresses := make([]common.Address, count)
	var bytes []byte
	for i := range addresses {
		bytes = bytes[:0]
		for range 3 {
			bytes = binary.LittleEndian.AppendUint64(bytes, r.draw())
		}
		copy(addresses[i][:], bytes)
		balance := new(uint256.Int).AddUint64(uint256.NewInt(evmGwei*evmGwei), r.draw())
		db.SetBalance(addresses[i], balance, tracing.BalanceChangeUnspecified)
	}
	root, err := db.Commit(rules, 0)
	check(err)
	db, err = state.New(root, in)
	check(err)
	return db, addresses
}

func newTransfers(document []byte) *transfers {
	count := int(binary.LittleEndian.Uint32(document))
	size := int(binary.LittleEndian.Uint32(document[8:]))
	r := random(binary.LittleEndian.Uint64(document[12:]))
	chain := params.MergedTestChainConfig
	t := &transfers{rules: chain.Rules(new(big.Int), true, evmTime), gasLimit: uint64(size * transferGas)}
	t.blocks = make([][]core.Message, binary.LittleEndian.Uint32(document[4:]))
	var addresses []common.Address
	t.db, addresses = transferAccounts(&r, t.rules, count)
	used := make([]bool, count)
	used[0] = true
	draw := func() common.Address {
		for {
			account := r.draw() % uint64(count)
			if !used[account] {
				used[account] = true
				return addresses[account]
			}
		}
	}
	price := uint256.NewInt(2 * evmGwei)
	for b := range t.blocks {
		t.blocks[b] = make([]core.Message, size)
		for i := range t.blocks[b] {
			from, to := draw(), draw()
			t.blocks[b][i] = core.Message{From: from, To: &to, Value: uint256.NewInt(r.draw() % evmGwei),
				GasLimit: transferGas, GasPrice: price, GasFeeCap: price, GasTipCap: price}
		}
	}
	block := vm.BlockContext{
		CanTransfer: core.CanTransfer,
		Transfer:    core.Transfer,
		GetHash:     func(uint64) common.Hash { return common.Hash{} },
		Coinbase:    addresses[0],
		BlockNumber: big.NewInt(1),
		Time:        evmTime,
		Difficulty:  new(big.Int),
		GasLimit:    t.gasLimit,
		BaseFee:     big.NewInt(evmGwei),
		BlobBaseFee: big.NewInt(1),
		Random:      new(common.Hash),
	}
	t.evm = vm.NewEVM(block, t.db, chain, vm.Config{})
	return t
}

func (t *transfers) run() common.Hash {
	pool := core.NewGasPool(t.gasLimit)
	block := t.blocks[t.runs%len(t.blocks)]
	for i := range block {
		block[i].Nonce = uint64(t.runs / len(t.blocks))
		t.evm.SetTxContext(core.NewEVMTxContext(&block[i]))
		result, err := core.ApplyMessage(t.evm, &block[i], pool)
		check(err)
		if result.Failed() || result.UsedGas != transferGas {
			panic("a transfer failed")
		}
		t.db.Finalise(t.rules)
	}
	t.runs++
	return t.db.IntermediateRoot(t.rules)
}

func (b *bench) blockTransfers() {
	const row = "block-transfers"
	document := b.input(row)
	if document == nil {
		return
	}
	before := debug.SetGCPercent(evmHeaps)
	t := newTransfers(document)
	if root := t.db.IntermediateRoot(t.rules); root != common.BytesToHash(document[20:52]) {
		panic("the root of all accounts is another: " + root.Hex())
	}
	for i := range t.blocks {
		if root := t.run(); root != common.BytesToHash(document[52+32*i:84+32*i]) {
			panic("the root after a block is another: " + root.Hex())
		}
	}
	b.row(row, "go-ethereum", len(t.blocks[0]), func() uint64 {
		root := t.run()
		return binary.LittleEndian.Uint64(root[:])
	})
	debug.SetGCPercent(before)
}

// fileBlock is a block of a file, whose form bench/blocks.py describes.
type fileBlock struct {
	context  vm.BlockContext
	succeeds bool // every transaction
	messages []core.Message
}

func (r *evmReader) long() uint64            { return binary.LittleEndian.Uint64(r.take(8)) }
func (r *evmReader) address() common.Address { return common.BytesToAddress(r.take(20)) }

func readMessage(r *evmReader, baseFee uint64) core.Message {
	blobs := r.take(1)[0] == types.BlobTxType
	m := core.Message{From: r.address()}
	hasTo := r.take(1)[0] != 0
	if to := r.address(); hasTo {
		m.To = &to
	}
	m.Nonce, m.GasLimit = r.long(), r.long()
	fee, tip := r.long(), r.long()
	m.GasFeeCap, m.GasTipCap = uint256.NewInt(fee), uint256.NewInt(tip)
	m.GasPrice = uint256.NewInt(min(fee, baseFee+tip))
	m.Value = new(uint256.Int).SetBytes(r.take(32))
	m.Data = r.bytes()
	for range r.number() {
		m.BlobHashes = append(m.BlobHashes, common.BytesToHash(r.take(32)))
	}
	if fee := r.long(); blobs {
		m.BlobGasFeeCap = uint256.NewInt(fee)
	}
	return m
}

func readBlock(r *evmReader) *fileBlock {
	b := &fileBlock{context: vm.BlockContext{
		CanTransfer: core.CanTransfer,
		Transfer:    core.Transfer,
		GetHash:     func(uint64) common.Hash { return common.Hash{} },
		Difficulty:  new(big.Int),
		GasLimit:    1_000_000_000_000,
		BlobBaseFee: big.NewInt(1),
	}}
	b.context.BlockNumber = new(big.Int).SetUint64(r.long())
	b.context.Time = r.long()
	b.context.Coinbase = r.address()
	baseFee := r.long()
	b.context.BaseFee = new(big.Int).SetUint64(baseFee)
	random := common.BytesToHash(r.take(32))
	b.context.Random = &random
	b.succeeds = r.long() == 0
	b.messages = make([]core.Message, r.number())
	for i := range b.messages {
		b.messages[i] = readMessage(r, baseFee)
	}
	return b
}

// run gives the gas that the block uses.
func (b *fileBlock) run(db *state.StateDB, rules params.Rules) (used uint64) {
	evm := vm.NewEVM(b.context, db, params.MergedTestChainConfig, vm.Config{})
	defer evm.Release()
	pool := core.NewGasPool(b.context.GasLimit)
	for i := range b.messages {
		evm.SetTxContext(core.NewEVMTxContext(&b.messages[i]))
		result, err := core.ApplyMessage(evm, &b.messages[i], pool)
		check(err)
		if b.succeeds && result.Failed() {
			panic("a transaction failed")
		}
		used += result.UsedGas
		db.Finalise(rules)
	}
	return used
}

// fileState makes the state that the accounts of a file are; everything in it has been read, so
// that a copy of it has it in memory.
func fileState(r *evmReader, rules params.Rules) *state.StateDB {
	in := state.NewDatabaseForTesting()
	db, err := state.New(types.EmptyRootHash, in)
	check(err)
	type place struct {
		address common.Address
		key     common.Hash
	}
	var addresses []common.Address
	var places []place
	for range r.number() {
		address := r.address()
		addresses = append(addresses, address)
		db.CreateAccount(address)
		db.SetNonce(address, r.long(), tracing.NonceChangeUnspecified)
		db.SetBalance(address, new(uint256.Int).SetBytes(r.take(32)), tracing.BalanceChangeUnspecified)
		db.SetCode(address, r.bytes(), tracing.CodeChangeUnspecified)
		for range r.number() {
			key := common.BytesToHash(r.take(32))
			db.SetState(address, key, common.BytesToHash(r.take(32)))
			places = append(places, place{address, key})
		}
	}
	root, err := db.Commit(rules, 0)
	check(err)
	db, err = state.New(root, in)
	check(err)
	for _, address := range addresses {
		db.GetCode(address)
	}
	for _, p := range places {
		db.GetState(p.address, p.key)
	}
	return db
}

func (b *bench) blocksFromFiles() {
	files, err := filepath.Glob(filepath.Join(b.inputs, "blocks", "*.bin"))
	check(err)
	rules := params.MergedTestChainConfig.Rules(new(big.Int), true, evmTime)
	before := debug.SetGCPercent(evmHeaps)
	for _, file := range files {
		row := strings.TrimSuffix(filepath.Base(file), ".bin")
		expected := b.input(row)
		if expected == nil {
			continue
		}
		document, err := os.ReadFile(file)
		check(err)
		r := &evmReader{document}
		db := fileState(r, rules)
		block := (*fileBlock)(nil)
		for left := r.number(); left > 0; left-- {
			block = readBlock(r)
			if left > 1 {
				block.run(db, rules)
			}
		}
		gas := binary.LittleEndian.Uint64(expected)
		if block.run(db.Copy(), rules) != gas {
			panic("the gas of " + row + " is another")
		}
		b.rowFor(&shortEffort, row, "go-ethereum", 1, func() uint64 { return block.run(db.Copy(), rules) })
	}
	debug.SetGCPercent(before)
}
