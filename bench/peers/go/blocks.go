// Blocks of transactions in go-ethereum, over a state in memory.
package main

import (
	"encoding/binary"
	"math/big"
	"runtime/debug"

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
