// Tries: roots after changes, ordered roots, proofs.
package main

import (
	"bytes"
	"encoding/binary"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/ethereum/go-ethereum/trie/trienode"
	"github.com/holiman/uint256"
)

// random is splitmix64, as tr_bench_random.
type random uint64

func (r *random) draw() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (r *random) key(out []byte) []byte {
	for range 4 {
		out = binary.LittleEndian.AppendUint64(out, r.draw())
	}
	return out
}

func (r *random) account() []byte {
	account := types.StateAccount{
		Nonce:    r.draw() % 1000,
		Balance:  new(uint256.Int).Mul(uint256.NewInt(r.draw()), uint256.NewInt(1_000_000_000)),
		Root:     types.EmptyRootHash,
		CodeHash: types.EmptyCodeHash[:],
	}
	encoding, err := rlp.EncodeToBytes(&account)
	check(err)
	return encoding
}

type change struct {
	key    []byte
	values [2][]byte
}

// accounts makes the trie and the batches that src/cli/bench/rows_trie.c describes. Every node of
// the trie is in memory.
func accounts(document []byte) (*trie.Trie, [][]change) {
	count := int(binary.LittleEndian.Uint32(document))
	batches := make([][]change, binary.LittleEndian.Uint32(document[4:]))
	size := int(binary.LittleEndian.Uint32(document[8:]))
	r := random(binary.LittleEndian.Uint64(document[12:]))
	keys := make([]byte, 0, 32*count)
	t := trie.NewEmpty(nil)
	for i := range count {
		keys = r.key(keys)
		check(t.Update(keys[32*i:], r.account()))
	}
	usedBy := make([]int, count)
	for b := range batches {
		batches[b] = make([]change, size)
		for i := range size {
			account := int(r.draw() % uint64(count))
			for usedBy[account] == b+1 {
				account = int(r.draw() % uint64(count))
			}
			usedBy[account] = b + 1
			key := keys[32*account : 32*account+32]
			batches[b][i] = change{key, [2][]byte{r.account(), r.account()}}
		}
	}
	return t, batches
}

func (b *bench) trieUpdate(row string) {
	document := b.input(row)
	if document == nil {
		return
	}
	t, batches := accounts(document)
	if root := t.Hash(); root != common.BytesToHash(document[20:52]) {
		panic("the root of all accounts is another: " + root.Hex())
	}
	runs := 0
	b.row(row, "go-ethereum", len(batches[0]), func() uint64 {
		variant := runs / len(batches) % 2
		for _, c := range batches[runs%len(batches)] {
			check(t.Update(c.key, c.values[variant]))
		}
		runs++
		root := t.Hash()
		return binary.LittleEndian.Uint64(root[:])
	})
}

// encoded is a list whose values are encoded already.
type encoded [][]byte

func (e encoded) Len() int                            { return len(e) }
func (e encoded) EncodeIndex(i int, to *bytes.Buffer) { to.Write(e[i]) }

func (b *bench) orderedRoot() {
	const row = "ordered-root-10000"
	document := b.input(row)
	if document == nil {
		return
	}
	values := encoded(pieces(document))
	b.row(row, "go-ethereum", 1, func() uint64 {
		root := types.DeriveSha(values, trie.NewStackTrie(nil))
		return binary.LittleEndian.Uint64(root[:])
	})
}

type proof struct {
	key, value []byte
	nodes      [][]byte
}

func proofs(rest []byte) []proof {
	take := func(size int) []byte {
		piece := rest[:size:size]
		rest = rest[size:]
		return piece
	}
	number := func() int { return int(binary.LittleEndian.Uint32(take(4))) }
	all := make([]proof, number())
	for i := range all {
		all[i] = proof{key: take(32), value: take(number()), nodes: make([][]byte, number())}
		for k := range all[i].nodes {
			all[i].nodes[k] = take(number())
		}
	}
	return all
}

// accountProof hashes the nodes as well: VerifyProof looks them up by their hashes.
func (b *bench) accountProof() {
	const row = "account-proof"
	document := b.input(row)
	if document == nil {
		return
	}
	root := common.BytesToHash(document[:32])
	all := proofs(document[32:])
	b.row(row, "go-ethereum", len(all), func() (sum uint64) {
		for i := range all {
			nodes := trienode.NewProofSet()
			for _, node := range all[i].nodes {
				check(nodes.Put(crypto.Keccak256(node), node))
			}
			value, err := trie.VerifyProof(root, all[i].key, nodes)
			check(err)
			if !bytes.Equal(value, all[i].value) {
				panic("the account is another")
			}
			sum += uint64(len(value))
		}
		return sum
	})
}
