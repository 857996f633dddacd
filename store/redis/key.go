package redis

import (
	"encoding/hex"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/store/internal/clientid"
)

// Clients are distributed over buckets by a hash of their ID. With a million clients there are
// 61 in each bucket. Up to eight million, Redis keeps a bucket as a compact listpack. An ID that
// is too long for a listpack would expand its whole bucket, so such IDs have buckets of their
// own.
//
// The numbers are a part of the format: changing them would require another prefix.
const (
	buckets     = 1 << 14
	longBuckets = 1 << 6
	longClient  = 60 // bytes; the limit of Redis is 64, and fields of totals also contain the KPI
)

// baseOf returns the key of an experiment's record, which is the prefix of its other keys. The
// text in braces puts all of them into one slot of a cluster.
func baseOf(root, experiment string) string {
	tag := escape(experiment)
	if tag == "" {
		tag = "%" // Redis ignores an empty tag
	}
	return root + ":{" + tag + "}"
}

// rootOf returns the key of the index, the set of all experiments' names, which is the prefix
// of all keys.
func rootOf(prefix string) string { return escape(prefix) + ":x" }

// garbageOf returns the key of the set of generations to be deleted.
func garbageOf(base string) string { return base + ":g" }

// logOf returns the key of an experiment's log, which remains when the experiment is deleted.
func logOf(base string) string { return base + ":a" }

// keys holds the keys of one generation of an experiment.
type keys struct {
	generation string
	record     string
	counts     string
	used       string // buckets that are not empty
	buckets    string // prefix of the keys of buckets
	totals     string // prefix of the keys of buckets of totals
}

func newKeys(base, generation string) *keys {
	stem := base + ":" + generation
	return &keys{
		generation: generation, record: base, counts: stem + ":n", used: stem + ":b", buckets: stem + ":u:", totals: stem + ":v:",
	}
}

// bucketOf and totalsOf return the keys of the bucket with a number.
func (k *keys) bucketOf(n uint) string { return k.buckets + strconv.FormatUint(uint64(n), 36) }
func (k *keys) totalsOf(n uint) string { return k.totals + strconv.FormatUint(uint64(n), 36) }

// escape replaces braces, which delimit hash tags, and control characters.
func escape(name string) string {
	if !strings.ContainsFunc(name, unfit) {
		return name
	}
	var b strings.Builder
	for i := range len(name) {
		if c := name[i]; unfit(rune(c)) {
			b.WriteByte('%')
			b.WriteString(hex.EncodeToString([]byte{c}))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func unfit(c rune) bool { return c < ' ' || c == 0x7f || c == '{' || c == '}' || c == '%' }

// noGeneration is a generation that no experiment has.
const noGeneration = "0"

// newGeneration draws a new generation for an experiment that is created or cleared. It cannot
// be derived from the version: an import may restore a deleted record with its version while
// the old data is still being deleted.
func newGeneration() string {
	return strconv.FormatUint(rand.Uint64N(1<<40)|1<<40, 36) //nolint:gosec // has to differ, not to be secret
}

// A clientKey is the bucket of a client and the field in it.
type clientKey struct {
	field  string
	bucket uint
}

func keyOf(id string) clientKey {
	k := clientKey{field: clientField(id)}
	sum := uint(fnv1a(k.field))
	sum ^= sum >> 15
	if len(k.field) > longClient {
		k.bucket = buckets + sum%longBuckets
		return k
	}
	k.bucket = sum % buckets
	return k
}

// fnv1a computes the same hash as hash/fnv without allocations.
func fnv1a(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// clientField returns the 16 bytes of a client ID if it is a UUID, otherwise the ID. An ID that
// could be mistaken for another field gets a prefix.
func clientField(id string) string {
	if u, ok := clientid.Parse(id); ok {
		return string(u[:])
	}
	if len(id) == 16 || len(id) > 16 && id[0] == 0 {
		return "\x00" + id
	}
	return id
}

func clientID(field string) string {
	switch {
	case len(field) == 16:
		return clientid.Format([16]byte([]byte(field)))
	case len(field) > 16 && field[0] == 0:
		return field[1:]
	}
	return field
}
