package main

import (
	"math/big"
	"runtime"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/fft"
)

const bnPeer = "gnark-crypto"

func bnPoint(bytes []byte) (p bn254.G1Affine) {
	p.X.SetBytes(bytes[:32])
	p.Y.SetBytes(bytes[32:64])
	return p
}

func bnTwist(bytes []byte) (q bn254.G2Affine) {
	q.X.A1.SetBytes(bytes[:32])
	q.X.A0.SetBytes(bytes[32:64])
	q.Y.A1.SetBytes(bytes[64:96])
	q.Y.A0.SetBytes(bytes[96:128])
	return q
}

func (b *bench) bnPairing() {
	const row = "bn-pairing-2"
	document := b.input(row)
	if document == nil {
		return
	}
	p := make([]bn254.G1Affine, 2)
	q := make([]bn254.G2Affine, 2)
	for i := range p {
		p[i] = bnPoint(document[192*i:])
		q[i] = bnTwist(document[192*i+64:])
	}
	b.row(row, bnPeer, 1, func() uint64 {
		ok, err := bn254.PairingCheck(p, q)
		if err != nil || !ok {
			panic("no product of one")
		}
		return 1
	})
}

func (b *bench) bnMul() {
	const row = "bn-g1-mul"
	document := b.input(row)
	if document == nil {
		return
	}
	n := len(document) / 160
	p := make([]bn254.G1Affine, n)
	k := make([]big.Int, n)
	for i := range p {
		record := document[160*i : 160*i+160]
		p[i] = bnPoint(record)
		k[i].SetBytes(record[64:96])
		var product bn254.G1Affine
		if want := bnPoint(record[96:]); !product.ScalarMultiplication(&p[i], &k[i]).Equal(&want) {
			panic("another product")
		}
	}
	b.row(row, bnPeer, n, func() (sum uint64) {
		var product bn254.G1Affine
		for i := range p {
			product.ScalarMultiplication(&p[i], &k[i])
			sum += product.X[0]
		}
		return sum
	})
}

// onTwo measures by the wall's clock, on two threads.
func (b *bench) onTwo(row, peer string, run func()) {
	before := runtime.GOMAXPROCS(2)
	b.wallRow(row, peer, 1, run)
	runtime.GOMAXPROCS(before)
}

func (b *bench) bnSum(row string) {
	document := b.input(row)
	if document == nil {
		return
	}
	n := len(document) / 96
	p := make([]bn254.G1Affine, n)
	k := make([]fr.Element, n)
	for i := range p {
		p[i] = bnPoint(document[64*i:])
		k[i].SetBytes(document[64*n+32*i : 64*n+32*i+32])
	}
	want := bnPoint(document[96*n:])
	b.onTwo(row, bnPeer, func() {
		var sum bn254.G1Affine
		if _, err := sum.MultiExp(p, k, ecc.MultiExpConfig{NbTasks: 2}); err != nil {
			panic(err)
		}
		if !sum.Equal(&want) {
			panic("another sum")
		}
	})
}

func (b *bench) bnTransform() {
	const row = "ntt-bn-20"
	document := b.input(row)
	if document == nil {
		return
	}
	domain := fft.NewDomain(1 << document[0])
	values := make([]fr.Element, 1<<document[0])
	for i := range values {
		values[i].SetUint64(uint64(i)*uint64(i) + 1)
	}
	transform := func() { domain.FFT(values, fft.DIF, fft.WithNbTasks(2)) }
	ordered := func() {
		transform()
		fft.BitReverse(values)
	}
	ordered()
	for i, number := range []fr.Element{domain.Generator, values[1], values[len(values)-1]} {
		want, err := fr.LittleEndian.Element((*[32]byte)(document[1+32*i:]))
		check(err)
		if !number.Equal(&want) {
			panic("another transform")
		}
	}
	b.onTwo(row, bnPeer, ordered)
	b.onTwo(row, bnPeer+", bits reversed", transform)
}

func (b *bench) bn254() {
	b.bnPairing()
	b.bnMul()
	b.bnSum("bn-g1-msm-65536")
	b.bnSum("bn-g1-msm-262144")
	b.bnTransform()
}
