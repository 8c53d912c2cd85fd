// The rows of `trestle bench` in Go packages: the same inputs, the same method.
//
//	peer-go --inputs DIR --scratch DIR [ROW...]
//
// prints one JSON line for each row and peer. Time is the processor time of the process, so that
// the garbage collector's work is in it; the process runs on one processor. Rows that wait for the
// disk, and those of two threads, take wall time.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sort"
	"strings"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/holiman/uint256"
	"golang.org/x/sys/unix"
)

const (
	leastSamples = 3
	wallSamples  = 5
)

// effort is how long a row is measured.
type effort struct {
	samples                  int
	warmNs, sampleNs, slowNs int64 // no more samples after slowNs, but at least leastSamples
}

var (
	fullEffort = effort{samples: 25, warmNs: 60_000_000, sampleNs: 8_000_000, slowNs: 4_000_000_000}
	// For rows of which there are many; `trestle bench --quick` has the same.
	shortEffort = effort{samples: 15, warmNs: 5_000_000, sampleNs: 1_000_000, slowNs: 2_000_000_000}
)

var sink uint64

func processNs() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return t.Nano()
}

func timeCalls(run func() uint64, calls int64) int64 {
	start := processNs()
	for i := int64(0); i < calls; i++ {
		sink += run()
	}
	return processNs() - start
}

func callsIn(run func() uint64, ns int64) int64 {
	for calls := int64(1); ; calls *= 2 {
		if took := timeCalls(run, calls); took >= ns {
			return max(calls*ns/took, 1)
		}
	}
}

type bench struct {
	inputs, scratch string
	wanted          []string
}

func (b *bench) isWanted(row string) bool {
	ok := len(b.wanted) == 0
	for _, w := range b.wanted {
		ok = ok || strings.HasPrefix(row, w)
	}
	return ok
}

// input gives the row's document, or nil if the row is not wanted.
func (b *bench) input(row string) []byte {
	if !b.isWanted(row) {
		return nil
	}
	document, err := os.ReadFile(filepath.Join(b.inputs, row+".bin"))
	if err != nil {
		return nil
	}
	return document
}

func (b *bench) row(row, peer string, ops int, run func() uint64) {
	b.rowFor(&fullEffort, row, peer, ops, run)
}

func (b *bench) rowFor(e *effort, row, peer string, ops int, run func() uint64) {
	debug.FreeOSMemory() // what rows before have left is not this row's to clean up
	callsIn(run, e.warmNs)
	calls := callsIn(run, e.sampleNs)
	var ns []float64
	start := processNs()
	for len(ns) < e.samples && (len(ns) < leastSamples || processNs()-start < e.slowNs) {
		ns = append(ns, float64(timeCalls(run, calls))/float64(calls*int64(ops)))
	}
	show(row, peer, ns)
}

func show(row, peer string, ns []float64) {
	sort.Float64s(ns)
	fmt.Printf("{\"row\":%q,\"peer\":%q,\"ns\":%.4f,\"min_ns\":%.4f}\n", row, peer, ns[len(ns)/2], ns[0])
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func numbers(document []byte) []uint256.Int {
	all := make([]uint256.Int, len(document)/32)
	for i := range all {
		for k := range all[i] {
			all[i][k] = binary.LittleEndian.Uint64(document[32*i+8*k:])
		}
	}
	return all
}

func fold(x *uint256.Int) uint64 {
	return x[0] ^ x[1] ^ x[2] ^ x[3]
}

func (b *bench) pairs(row string, op func(r, x, y *uint256.Int)) {
	all := numbers(b.input(row))
	if len(all) == 0 {
		return
	}
	b.row(row, "uint256", len(all)/2, func() (sum uint64) {
		var r uint256.Int
		for i := 0; i < len(all); i += 2 {
			op(&r, &all[i], &all[i+1])
			sum ^= fold(&r)
		}
		return sum
	})
}

func (b *bench) triples(row string, op func(r, x, y, m *uint256.Int)) {
	all := numbers(b.input(row))
	if len(all) == 0 {
		return
	}
	b.row(row, "uint256", len(all)/3, func() (sum uint64) {
		var r uint256.Int
		for i := 0; i < len(all); i += 3 {
			op(&r, &all[i], &all[i+1], &all[i+2])
			sum ^= fold(&r)
		}
		return sum
	})
}

func (b *bench) keccak(row string) {
	document := b.input(row)
	if document == nil {
		return
	}
	state := crypto.NewKeccakState()
	var out [32]byte
	b.row(row, "go-ethereum", len(document)/64, func() (sum uint64) {
		for i := 0; i < len(document); i += 64 {
			state.Reset()
			state.Write(document[i : i+64])
			state.Read(out[:])
			sum ^= uint64(out[0])
		}
		return sum
	})
}

func (b *bench) rlp() {
	const row = "rlp-decode-bodies"
	document := b.input(row)
	if document == nil {
		return
	}
	b.row(row, "go-ethereum any", 1, func() uint64 {
		var bodies []any
		if err := rlp.DecodeBytes(document, &bodies); err != nil {
			panic(err)
		}
		return uint64(len(bodies))
	})
	b.row(row, "go-ethereum Body", 1, func() uint64 {
		var bodies []*types.Body
		if err := rlp.DecodeBytes(document, &bodies); err != nil {
			panic(err)
		}
		return uint64(len(bodies[0].Transactions))
	})
}

func main() {
	b := &bench{}
	for i := 1; i < len(os.Args); i++ {
		if os.Args[i] == "--inputs" && i+1 < len(os.Args) {
			i++
			b.inputs = os.Args[i]
		} else if os.Args[i] == "--scratch" && i+1 < len(os.Args) {
			i++
			b.scratch = os.Args[i]
		} else {
			b.wanted = append(b.wanted, os.Args[i])
		}
	}
	b.keccak("keccak256-8x64")
	b.keccak("keccak256-1x64")
	b.pairs("u256-mul", func(r, x, y *uint256.Int) { r.Mul(x, y) })
	for _, row := range []string{"u256-div", "u256-div-128", "u256-div-64"} {
		b.pairs(row, func(r, x, y *uint256.Int) { r.Div(x, y) })
	}
	b.triples("u256-addmod", func(r, x, y, m *uint256.Int) { r.AddMod(x, y, m) })
	b.triples("u256-mulmod", func(r, x, y, m *uint256.Int) { r.MulMod(x, y, m) })
	b.pairs("u256-exp", func(r, x, y *uint256.Int) { r.Exp(x, y) })
	b.rlp()
	b.txs()
	b.trieUpdate("trie-update-2000")
	b.trieUpdate("trie-update-100000")
	b.orderedRoot()
	b.accountProof()
	b.bn254()
	b.smallCurves()
	b.evmPrograms()
	b.blockTransfers()
	b.blocksFromFiles()
	b.kvRead()
	b.kvWrite()
}
