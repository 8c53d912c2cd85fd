// The peer go-ethereum of the differential campaign: cases on the standard input, a line for each
// on the standard output.  The form of a case is described in ../case.h.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strconv"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/triedb"
	"github.com/ethereum/go-ethereum/triedb/hashdb"
	"github.com/holiman/uint256"
)

type cursor struct{ at []byte }

func (c *cursor) bytes(n int) []byte {
	head := c.at[:n]
	c.at = c.at[n:]
	return head
}
func (c *cursor) u8() byte                { return c.bytes(1)[0] }
func (c *cursor) u16() int                { return int(binary.BigEndian.Uint16(c.bytes(2))) }
func (c *cursor) u64() uint64             { return binary.BigEndian.Uint64(c.bytes(8)) }
func (c *cursor) word() *uint256.Int      { return new(uint256.Int).SetBytes(c.bytes(32)) }
func (c *cursor) hash() common.Hash       { return common.BytesToHash(c.bytes(32)) }
func (c *cursor) address() common.Address { return common.BytesToAddress(c.bytes(20)) }
func (c *cursor) blob() []byte            { return c.bytes(int(binary.BigEndian.Uint32(c.bytes(4)))) }

// The forks by their numbers in eth/fork.h.
func config(fork int) *params.ChainConfig {
	zero, now := big.NewInt(0), uint64(0)
	c := &params.ChainConfig{ChainID: big.NewInt(1)}
	blocks := []**big.Int{nil, &c.HomesteadBlock, &c.EIP150Block, &c.EIP158Block, &c.ByzantiumBlock,
		&c.ConstantinopleBlock, &c.PetersburgBlock, &c.IstanbulBlock, &c.MuirGlacierBlock,
		&c.BerlinBlock, &c.LondonBlock, &c.ArrowGlacierBlock, &c.GrayGlacierBlock,
		&c.MergeNetsplitBlock}
	for i := 1; i < len(blocks) && i <= fork; i++ {
		*blocks[i] = zero
	}
	if fork == 5 {
		c.PetersburgBlock = big.NewInt(1 << 62) // without one it begins with Constantinople
	}
	if fork >= 3 {
		c.EIP155Block = zero
	}
	if fork >= 13 {
		c.TerminalTotalDifficulty = zero
	}
	times := []**uint64{&c.ShanghaiTime, &c.CancunTime, &c.PragueTime, &c.OsakaTime}
	for i := 0; i < len(times) && 14+i <= fork; i++ {
		*times[i] = &now
	}
	c.BlobScheduleConfig = &params.BlobScheduleConfig{
		Cancun: params.DefaultCancunBlobConfig, Prague: params.DefaultPragueBlobConfig}
	return c
}

var database *triedb.Database
var configs [18]*params.ChainConfig

func readPre(c *cursor) *state.StateDB {
	s, err := state.New(types.EmptyRootHash, state.NewDatabase(database, nil))
	if err != nil {
		panic(err)
	}
	for n := c.u16(); n > 0; n-- {
		address := c.address()
		s.SetNonce(address, c.u64(), tracing.NonceChangeUnspecified)
		s.SetBalance(address, c.word(), tracing.BalanceChangeUnspecified)
		s.SetCode(address, common.CopyBytes(c.blob()), tracing.CodeChangeUnspecified)
		for k := c.u16(); k > 0; k-- {
			key := c.hash()
			s.SetState(address, key, c.hash())
		}
	}
	root, err := s.Commit(params.Rules{}, 0)
	if err != nil {
		panic(err)
	}
	s, err = state.New(root, state.NewDatabase(database, nil))
	if err != nil {
		panic(err)
	}
	return s
}

func readTx(c *cursor, baseFee *uint256.Int, london bool) (byte, *core.Message) {
	kind := c.u8()
	m := &core.Message{From: c.address(), Nonce: c.u64(), GasLimit: c.u64()}
	m.GasFeeCap, m.GasTipCap, m.Value = c.word(), c.word(), c.word()
	isCall := c.u8() != 0
	to := c.address()
	if isCall {
		m.To = &to
	}
	m.Data = common.CopyBytes(c.blob())
	if kind < 2 {
		m.GasTipCap.Set(m.GasFeeCap)
	}
	m.GasPrice = new(uint256.Int).Set(m.GasFeeCap)
	if london {
		m.GasPrice.Add(m.GasTipCap, baseFee)
		if m.GasPrice.Gt(m.GasFeeCap) {
			m.GasPrice.Set(m.GasFeeCap)
		}
	}
	if kind >= 1 {
		m.AccessList = types.AccessList{}
	}
	for n := c.u8(); n > 0; n-- {
		tuple := types.AccessTuple{Address: c.address()}
		for k := c.u8(); k > 0; k-- {
			tuple.StorageKeys = append(tuple.StorageKeys, c.hash())
		}
		m.AccessList = append(m.AccessList, tuple)
	}
	blobFee := c.word()
	if kind == 3 {
		m.BlobGasFeeCap = blobFee
		m.BlobHashes = []common.Hash{}
	}
	for n := c.u8(); n > 0; n-- {
		m.BlobHashes = append(m.BlobHashes, c.hash())
	}
	if kind == 4 {
		m.SetCodeAuthorizations = []types.SetCodeAuthorization{}
	}
	for n := c.u8(); n > 0; n-- {
		a := types.SetCodeAuthorization{ChainID: *c.word(), Address: c.address(), Nonce: c.u64(),
			V: c.u8(), R: *c.word(), S: *c.word()}
		m.SetCodeAuthorizations = append(m.SetCodeAuthorizations, a)
	}
	return kind, m
}

func hashLogs(logs []*types.Log) common.Hash {
	var all []byte
	for _, log := range logs {
		all = append(all, log.Address[:]...)
		all = append(all, byte(len(log.Topics)))
		for _, topic := range log.Topics {
			all = append(all, topic[:]...)
		}
		all = binary.BigEndian.AppendUint32(all, uint32(len(log.Data)))
		all = append(all, log.Data...)
	}
	return crypto.Keccak256Hash(all)
}

// The types that a signer of the fork knows; a message has no type to refuse.
func knowsType(kind byte, fork int) bool {
	first := []int{0, 9, 10, 15, 16}
	return int(kind) < len(first) && fork >= first[kind]
}

func run(frame []byte, dump bool) string {
	c := &cursor{frame}
	fork := int(c.u8())
	conf := configs[fork]
	block := vm.BlockContext{CanTransfer: core.CanTransfer, Transfer: core.Transfer}
	block.GetHash = func(n uint64) common.Hash {
		return crypto.Keccak256Hash([]byte(strconv.FormatUint(n, 10)))
	}
	block.Coinbase = c.address()
	block.BlockNumber = new(big.Int).SetUint64(c.u64())
	block.Time = c.u64()
	block.GasLimit = c.u64()
	random := c.hash()
	block.Difficulty = random.Big()
	if fork >= 13 {
		block.Random, block.Difficulty = &random, new(big.Int)
	}
	baseFee := uint256.NewInt(c.u64())
	block.BaseFee = baseFee.ToBig()
	block.BlobBaseFee = new(big.Int).SetUint64(c.u64())
	s := readPre(c)
	kind, message := readTx(c, baseFee, fork >= 10)
	most := map[int]int{15: 6, 16: 9, 17: 6}[fork]
	if !knowsType(kind, fork) || len(message.BlobHashes) > most {
		return "reject"
	}
	evm := vm.NewEVM(block, s, conf, vm.Config{})
	result, err := core.ApplyMessage(evm, message, core.NewGasPool(block.GasLimit))
	if err != nil {
		if dump {
			fmt.Fprintln(os.Stderr, err)
		}
		return "reject"
	}
	output, success := result.Return(), 1
	// Frontier: a create that cannot pay for its code is there, empty; geth alone calls it failed
	if result.Failed() && !(fork == 0 && errors.Is(result.Err, vm.ErrCodeStoreOutOfGas)) {
		output, success = result.Revert(), 0
	}
	if dump {
		fmt.Fprintln(os.Stderr, result.Err)
	}
	if message.To == nil && success == 1 {
		output = nil
	}
	logs := hashLogs(s.Logs())
	rules := conf.Rules(block.BlockNumber, fork >= 13, block.Time)
	root := s.IntermediateRoot(rules)
	if dump {
		if root, err = s.Commit(rules, 1); err != nil {
			panic(err)
		}
		if s, err = state.New(root, state.NewDatabase(database, nil)); err != nil {
			panic(err)
		}
		fmt.Fprintln(os.Stderr, string(s.Dump(&state.DumpConfig{})))
	}
	return fmt.Sprintf("%d %d %x %x %x", success, result.UsedGas, crypto.Keccak256(output), logs, root)
}

func open(dump bool) {
	if database != nil {
		database.Close()
	}
	database = triedb.NewDatabase(rawdb.NewMemoryDatabase(),
		&triedb.Config{Preimages: dump, HashDB: hashdb.Defaults})
}

func main() {
	dump := len(os.Args) > 1 && os.Args[1] == "--dump"
	for fork := range configs {
		configs[fork] = config(fork)
	}
	input, output := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriter(os.Stdout)
	var head [4]byte
	for n := 0; ; n++ {
		if n%1000 == 0 {
			open(dump)
		}
		if _, err := io.ReadFull(input, head[:]); err != nil {
			break
		}
		size := binary.BigEndian.Uint32(head[:])
		if size == 0 {
			output.Flush()
			continue
		}
		frame := make([]byte, size)
		if _, err := io.ReadFull(input, frame); err != nil {
			break
		}
		fmt.Fprintln(output, run(frame, dump))
	}
	output.Flush()
}
