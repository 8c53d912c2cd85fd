package main

import (
	"encoding/binary"
	"math/big"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"
)

const (
	evmGas   = 100_000_000_000
	evmGwei  = 1_000_000_000
	evmTime  = 1_800_000_000
	evmHeaps = 400 // percent: a node's heap is large, and is collected seldom
)

// evmProgram is a program of evm-bench: one call, with all that it does to the state, which is
// undone after it. As in a node the machine, its analysed code and the accounts it has loaded stay
// from call to call.
type evmProgram struct {
	evm        *vm.EVM
	db         *state.StateDB
	rules      params.Rules
	warm       []common.Address
	sender, to common.Address
	value      uint256.Int
	data       []byte
	gasUsed    uint64
	output     common.Hash
}

type evmReader struct{ rest []byte }

func (r *evmReader) take(n int) []byte {
	piece := r.rest[:n]
	r.rest = r.rest[n:]
	return piece
}

func (r *evmReader) number() int   { return int(binary.LittleEndian.Uint32(r.take(4))) }
func (r *evmReader) bytes() []byte { return r.take(r.number()) }

func evmAccounts(r *evmReader, rules params.Rules, in state.Database) common.Hash {
	db, err := state.New(types.EmptyRootHash, in)
	check(err)
	balance := new(uint256.Int).Lsh(uint256.NewInt(1), 192)
	for range r.number() {
		address := common.BytesToAddress(r.take(20))
		db.CreateAccount(address)
		db.SetNonce(address, 1, tracing.NonceChangeUnspecified)
		db.SetBalance(address, balance, tracing.BalanceChangeUnspecified)
		db.SetCode(address, r.bytes(), tracing.CodeChangeUnspecified)
		for range r.number() {
			key := common.BytesToHash(r.take(32))
			db.SetState(address, key, common.BytesToHash(r.take(32)))
		}
	}
	root, err := db.Commit(rules, 0)
	check(err)
	return root
}

func evmCanTransfer(db vm.StateDB, from common.Address, value *uint256.Int) bool {
	return db.GetBalance(from).Cmp(value) >= 0
}

func evmTransfer(db vm.StateDB, from, to common.Address, value *uint256.Int, _ *params.Rules) {
	db.SubBalance(from, value, tracing.BalanceChangeTransfer)
	db.AddBalance(to, value, tracing.BalanceChangeTransfer)
}

func newEvmProgram(document []byte) *evmProgram {
	r := &evmReader{document}
	chain := params.MergedTestChainConfig
	rules := chain.Rules(new(big.Int), true, evmTime)
	if !rules.IsOsaka || rules.IsAmsterdam {
		panic("not the rules of Osaka")
	}
	in := state.NewDatabaseForTesting()
	db, err := state.New(evmAccounts(r, rules, in), in)
	check(err)
	p := &evmProgram{db: db, rules: rules, warm: vm.ActivePrecompiles(rules)}
	p.sender = common.BytesToAddress(r.take(20))
	p.to = common.BytesToAddress(r.take(20))
	p.value.SetBytes(r.take(32))
	p.data = r.bytes()
	p.gasUsed = binary.LittleEndian.Uint64(r.take(8))
	p.output = common.BytesToHash(r.take(32))
	block := vm.BlockContext{
		CanTransfer: evmCanTransfer,
		Transfer:    evmTransfer,
		GetHash:     func(uint64) common.Hash { return common.Hash{} },
		BlockNumber: new(big.Int),
		Time:        evmTime,
		Difficulty:  new(big.Int),
		GasLimit:    evmGas,
		BaseFee:     big.NewInt(evmGwei),
		BlobBaseFee: big.NewInt(1),
		Random:      new(common.Hash),
	}
	p.evm = vm.NewEVM(block, db, chain, vm.Config{})
	p.evm.SetTxContext(vm.TxContext{Origin: p.sender, GasPrice: uint256.NewInt(2 * evmGwei)})
	return p
}

// run gives the gas that is left of evmGas less the intrinsic part, and the refund.
func (p *evmProgram) run(gas uint64) (output []byte, left, refund uint64) {
	p.db.Prepare(p.rules, p.sender, common.Address{}, &p.to, p.warm, nil)
	before := p.db.Snapshot()
	output, result, _ := p.evm.Call(p.sender, p.to, p.data, vm.NewGasBudget(gas, 0), &p.value)
	refund = p.db.GetRefund()
	p.db.RevertToSnapshot(before)
	return output, result.ExecutionGas, refund
}

// priced adds up the bytes of the calldata, which has one price for zeros and one for the rest.
func (p *evmProgram) priced(zero, other uint64) uint64 {
	sum := uint64(21_000)
	for _, b := range p.data {
		if b == 0 {
			sum += zero
		} else {
			sum += other
		}
	}
	return sum
}

func (p *evmProgram) isRight(gas uint64) bool {
	output, left, refund := p.run(gas)
	used := evmGas - left
	used = max(used-min(refund, used/5), p.priced(10, 40))
	return used == p.gasUsed && crypto.Keccak256Hash(output) == p.output
}

func (b *bench) evmPrograms() {
	files, err := filepath.Glob(filepath.Join(b.inputs, "evm-bench", "*.bin"))
	check(err)
	before := debug.SetGCPercent(evmHeaps)
	for _, file := range files {
		row := "evm-" + strings.TrimSuffix(filepath.Base(file), ".bin")
		if !b.isWanted(row) {
			continue
		}
		document, err := os.ReadFile(file)
		check(err)
		p := newEvmProgram(document)
		gas := evmGas - p.priced(4, 16)
		if !p.isRight(gas) || !p.isRight(gas) {
			panic(row)
		}
		b.rowFor(&shortEffort, row, "go-ethereum", 1, func() uint64 {
			_, left, _ := p.run(gas)
			return left
		})
	}
	debug.SetGCPercent(before)
}
