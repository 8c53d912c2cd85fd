// The key-value store of src/cli/bench/rows_kv.c in pebble.
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

const (
	kvEntries = 10_000_000
	kvBatch   = 100_000
	kvReads   = 1000
	kvKey     = 32
	kvValue   = 80
)

func (r *random) fill(to []byte) {
	for i := 0; i < len(to); i += 8 {
		binary.LittleEndian.PutUint64(to[i:], r.draw())
	}
}

type entry struct {
	number uint64
	key    [kvKey]byte
}

func makeEntry(number uint64) (e entry) {
	r := random(number)
	e.number = number
	r.fill(e.key[:])
	return e
}

func sortEntries(entries []entry) {
	slices.SortFunc(entries, func(a, b entry) int { return bytes.Compare(a.key[:], b.key[:]) })
}

// kvOptions keeps everything in memory, uncompressed.
func kvOptions(cache *pebble.Cache) *pebble.Options {
	options := &pebble.Options{
		Cache:              cache,
		FormatMajorVersion: pebble.FormatNewest,
		MemTableSize:       256 << 20,
		MaxOpenFiles:       10000,
		Logger:             silent{},
	}
	options.ApplyCompressionSettings(func() pebble.DBCompressionSettings {
		return pebble.DBCompressionNone
	})
	return options
}

type silent struct{}

func (silent) Infof(string, ...any)  {}
func (silent) Errorf(string, ...any) {}
func (silent) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf(format, args...))
}

func kvLoad(db *pebble.DB) {
	entries := make([]entry, kvEntries)
	for i := range entries {
		entries[i] = makeEntry(uint64(i))
	}
	sortEntries(entries)
	var skipped [kvKey]byte
	var value [kvValue]byte
	for at := 0; at < len(entries); at += kvBatch {
		batch := db.NewBatch()
		for i := range entries[at : at+kvBatch] {
			e := &entries[at+i]
			r := random(e.number)
			r.fill(skipped[:])
			r.fill(value[:])
			check(batch.Set(e.key[:], value[:], nil))
		}
		check(batch.Commit(pebble.Sync))
		check(batch.Close())
	}
	kvCompact(db)
}

func kvCompact(db *pebble.DB) {
	check(db.Compact(context.Background(), []byte{0}, bytes.Repeat([]byte{0xff}, kvKey+1), false))
}

// kvOpen opens the store, made by the first who asks; it stays for the next run.
func (b *bench) kvOpen() *pebble.DB {
	folder := filepath.Join(b.scratch, "pebble-10m")
	cache := pebble.NewCache(4 << 30)
	defer cache.Unref()
	_, missing := os.Stat(folder + ".loaded")
	if missing != nil {
		check(os.RemoveAll(folder))
	}
	db, err := pebble.Open(folder, kvOptions(cache))
	check(err)
	if missing != nil {
		kvLoad(db)
		check(os.WriteFile(folder+".loaded", []byte{'1'}, 0o644))
	}
	return db
}

func (b *bench) kvRead() {
	const row = "kv-read-10m"
	if !b.isWanted(row) {
		return
	}
	db := b.kvOpen()
	all, err := db.NewIter(nil)
	check(err)
	count := 0
	for ok := all.First(); ok; ok = all.Next() {
		count++
	}
	check(all.Close())
	if count != kvEntries {
		panic("entries are missing")
	}
	stream := random(0x7265616473)
	b.row(row, "pebble", kvReads, func() (sum uint64) {
		for range kvReads {
			e := makeEntry(stream.draw() % kvEntries)
			value, closer, err := db.Get(e.key[:])
			check(err)
			sum += binary.LittleEndian.Uint64(value)
			check(closer.Close())
		}
		return sum
	})
	check(db.Close())
}

func (b *bench) kvWrite() {
	const row = "kv-write-sorted"
	if !b.isWanted(row) {
		return
	}
	db := b.kvOpen()
	stream := random(0x777269746573)
	number := uint64(0)
	entries := make([]entry, kvBatch)
	b.wallRow(row, "pebble", kvBatch, func() {
		for i := range entries {
			entries[i] = makeEntry(stream.draw() % kvEntries)
		}
		sortEntries(entries)
		number++
		batch := db.NewBatch()
		var value [kvValue]byte
		for i := range entries {
			if i != 0 && entries[i].number == entries[i-1].number {
				continue
			}
			r := random(entries[i].number + number<<32)
			r.fill(value[:])
			check(batch.Set(entries[i].key[:], value[:], nil))
		}
		check(batch.Commit(pebble.Sync))
		check(batch.Close())
	})
	kvCompact(db)
	check(db.Close())
}

// wallRow is row for work that waits for the disk, or for other threads.
func (b *bench) wallRow(row, peer string, ops int, run func()) {
	run()
	ns := make([]float64, wallSamples)
	for i := range ns {
		start := time.Now()
		run()
		ns[i] = float64(time.Since(start).Nanoseconds()) / float64(ops)
	}
	show(row, peer, ns)
}
