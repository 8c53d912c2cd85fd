package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"math/big"
)

func (b *bench) p256() {
	const row = "p256-verify"
	document := b.input(row)
	if document == nil {
		return
	}
	n := len(document) / 160
	keys := make([]*ecdsa.PublicKey, n)
	r := make([]big.Int, n)
	s := make([]big.Int, n)
	for i := range keys {
		c := document[160*i : 160*i+160]
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append([]byte{4}, c[96:]...))
		check(err)
		keys[i] = key
		r[i].SetBytes(c[32:64])
		s[i].SetBytes(c[64:96])
	}
	b.row(row, "go crypto/ecdsa", n, func() uint64 {
		for i, key := range keys {
			if !ecdsa.Verify(key, document[160*i:160*i+32], &r[i], &s[i]) {
				panic("not verified")
			}
		}
		return uint64(n)
	})
}

func (b *bench) power(row string, bits int) {
	document := b.input(row)
	if document == nil {
		return
	}
	size := bits / 8
	numbers := make([]big.Int, len(document)/size)
	for i := range numbers {
		numbers[i].SetBytes(document[size*i : size*i+size])
	}
	b.row(row, "go math/big", len(numbers)/4, func() uint64 {
		for c := numbers; len(c) != 0; c = c[4:] {
			var power big.Int
			if power.Exp(&c[0], &c[1], &c[2]).Cmp(&c[3]) != 0 {
				panic("another power")
			}
		}
		return 1
	})
}

func (b *bench) smallCurves() {
	b.p256()
	b.power("modexp-256", 256)
	b.power("modexp-2048", 2048)
}
