// Transactions: decoded and hashed.
package main

import (
	"encoding/binary"

	"github.com/ethereum/go-ethereum/core/types"
)

// pieces takes a document apart: a count, then for each piece its length and its bytes; numbers are
// 32 bits, lowest byte first.
func pieces(document []byte) [][]byte {
	all := make([][]byte, binary.LittleEndian.Uint32(document))
	at := 4
	for i := range all {
		size := int(binary.LittleEndian.Uint32(document[at:]))
		at += 4
		all[i] = document[at : at+size : at+size]
		at += size
	}
	return all
}

func (b *bench) txs() {
	const row = "tx-decode-hash-1000"
	document := b.input(row)
	if document == nil {
		return
	}
	raw := pieces(document)
	b.row(row, "go-ethereum", len(raw), func() (sum uint64) {
		for _, encoding := range raw {
			var tx types.Transaction
			check(tx.UnmarshalBinary(encoding))
			hash := tx.Hash()
			sum += binary.LittleEndian.Uint64(hash[:])
		}
		return sum
	})
}
