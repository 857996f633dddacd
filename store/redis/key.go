package redis

import (
	"encoding/hex"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/store"
)

// Clients are in so many buckets, by a hash of their ID. At a million clients
// that makes 61 in each, and up to eight million Redis keeps a bucket as a
// listpack, which takes no more than its bytes. A client ID too long for that
// would spoil it for a whole bucket, so there are some for these alone.
//
// The numbers are part of what is stored: another one needs another prefix.
const (
	buckets     = 1 << 14
	longBuckets = 1 << 6
	longClient  = 60 // bytes; Redis' limit is 64, and totals have the KPI as well
)

// baseOf returns the key of an experiment's record, with which all its others
// begin. What is between the braces makes them one slot of a cluster. The root
// is the index.
func baseOf(root, experiment string) string {
	tag := escape(experiment)
	if tag == "" {
		tag = "%" // an empty tag is none
	}
	return root + ":{" + tag + "}"
}

// rootOf returns the key of the index, the set of all experiments' names. Those
// of the experiments begin with it.
func rootOf(prefix string) string { return escape(prefix) + ":x" }

// garbageOf returns the key of the generations to be collected.
func garbageOf(base string) string { return base + ":g" }

// logOf returns the key of an experiment's changes, which outlive it.
func logOf(base string) string { return base + ":a" }

// keys are those of one generation of an experiment.
type keys struct {
	generation string
	record     string
	counts     string
	used       string // buckets that are not empty
	buckets    string // what the keys of buckets begin with
	totals     string
}

func newKeys(base, generation string) *keys {
	stem := base + ":" + generation
	return &keys{
		generation: generation, record: base, counts: stem + ":n", used: stem + ":b", buckets: stem + ":u:", totals: stem + ":v:",
	}
}

// bucketOf and totalsOf return the keys of a bucket. A script reads its number
// from there.
func (k *keys) bucketOf(n uint) string { return k.buckets + strconv.FormatUint(uint64(n), 36) }
func (k *keys) totalsOf(n uint) string { return k.totals + strconv.FormatUint(uint64(n), 36) }

// escape keeps braces, which are for hash tags, and control characters out of
// keys.
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

// noGeneration is one that no experiment has.
const noGeneration = "0"

// newGeneration draws one that never was, for an experiment that is created or
// cleared. Its version would not do: an import may bring back the very record
// that was deleted, while what is left of that is still being collected.
func newGeneration() string {
	return strconv.FormatUint(rand.Uint64N(1<<40)|1<<40, 36) //nolint:gosec // has to differ, not to be secret
}

// A clientKey says where a client is.
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

// fnv1a is what hash/fnv computes, without its allocations.
func fnv1a(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// clientField returns the 16 bytes of a client ID that is a UUID as usually
// written, else the ID. One that could be taken for another gets a prefix.
func clientField(id string) string {
	if u, ok := parseUUID(id); ok {
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
		id := formatUUID([16]byte([]byte(field)))
		return string(id[:])
	case len(field) > 16 && field[0] == 0:
		return field[1:]
	}
	return field
}

func parseUUID(id string) (u [16]byte, ok bool) {
	if len(id) != 36 {
		return u, false
	}
	digits := append(make([]byte, 0, 32), id[:8]...)
	digits = append(digits, id[9:13]...)
	digits = append(digits, id[14:18]...)
	digits = append(digits, id[19:23]...)
	digits = append(digits, id[24:]...)
	if _, err := hex.Decode(u[:], digits); err != nil {
		return u, false
	}
	usual := formatUUID(u) // in lower case, with dashes where they belong
	return u, string(usual[:]) == id
}

func formatUUID(u [16]byte) (id [36]byte) {
	b := hex.AppendEncode(id[:0], u[:4])
	b = hex.AppendEncode(append(b, '-'), u[4:6])
	b = hex.AppendEncode(append(b, '-'), u[6:8])
	b = hex.AppendEncode(append(b, '-'), u[8:10])
	hex.AppendEncode(append(b, '-'), u[10:])
	return id
}

func formatDay(d store.Day) string { return strconv.Itoa(int(d)) }
