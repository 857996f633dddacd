package redis

import (
	"context"
	"crypto/sha1" //nolint:gosec // Redis names scripts by their SHA-1
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
)

//go:embed lua/*.lua
var sources embed.FS

// scripts holds the scripts of a store.
type scripts struct {
	participate, convert, lookup, save, clear, clients, imports, base, log, delete *script
}

func newScripts() scripts {
	const writes, reads = true, false
	return scripts{
		participate: newScript("participate", writes),
		convert:     newScript("convert", writes),
		lookup:      newScript("lookup", reads),
		save:        newScript("save", writes),
		clear:       newScript("clear", writes),
		clients:     newScript("clients", reads),
		imports:     newScript("import", writes),
		base:        newScript("base", writes),
		log:         newScript("log", writes),
		delete:      newScript("delete", writes).single(),
	}
}

// A script is sent again if the connection breaks before the reply, unless once is set. That is
// the task of retry, not of the driver.
type script struct {
	source string
	hash   string
	writes bool
	once   bool // a repeated call would find nothing, or another experiment
}

func newScript(name string, writes bool) *script {
	text, err := source(sources, name)
	if err != nil {
		panic(err) // the scripts are a part of the program
	}
	sum := sha1.Sum([]byte(text)) //nolint:gosec // see above
	return &script{source: text, hash: hex.EncodeToString(sum[:]), writes: writes}
}

func (c *script) single() *script {
	c.once = true
	return c
}

// source returns a script in which each line of the form "--#include file" is replaced by the
// file.
func source(files fs.FS, name string) (string, error) {
	text, err := fs.ReadFile(files, "lua/"+name+".lua")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		if included, ok := strings.CutPrefix(line, "--#include "); ok {
			if line, err = source(files, strings.TrimSuffix(strings.TrimSpace(included), ".lua")); err != nil {
				return "", fmt.Errorf("%s.lua: %w", name, err)
			}
		}
		b.WriteString(line)
	}
	return b.String(), nil
}

// A reply is the reply of a script. Its parts depend on the status.
type reply struct {
	status string
	rest   []rueidis.RedisMessage
}

// The statuses of replies.
const (
	statusOK         = "ok"
	statusNone       = "none"
	statusGeneration = "generation"
	statusStale      = "stale"
	statusInvalid    = "invalid"
	statusOverflow   = "overflow"
	statusWrote      = "wrote" // of a reply that is only the number 1
	statusKnown      = ""      // of a reply that is only a client's value
)

func (s *Store) run(ctx context.Context, c *script, keys, args []string) (reply, error) {
	message, err := s.exec(ctx, c, keys, args)
	if err != nil {
		return reply{}, err
	}
	if message.IsInt64() {
		return reply{status: statusWrote}, nil
	}
	if message.IsString() {
		return reply{status: statusKnown, rest: []rueidis.RedisMessage{message}}, nil
	}
	parts, err := message.ToArray()
	if err != nil {
		return reply{}, err
	}
	if len(parts) == 0 {
		return reply{}, errDamaged
	}
	status, err := parts[0].ToString()
	return reply{status, parts[1:]}, err
}

func (r reply) text(i int) (string, error) {
	if i >= len(r.rest) {
		return "", errDamaged
	}
	return r.rest[i].ToString()
}

func (r reply) int(i int) (int64, error) {
	if i >= len(r.rest) {
		return 0, errDamaged
	}
	return r.rest[i].ToInt64()
}

// facts returns the facts of a reply. The record has the given version if the call was carried
// out.
func (r reply) facts(version uint64) (f store.Facts, err error) {
	switch r.status {
	case statusNone:
		return store.Facts{Choice: store.None, Stale: true}, nil
	case statusInvalid:
		return store.Facts{}, fmt.Errorf("%w: there is no such alternative", store.ErrInvalid)
	case statusOK, statusStale, statusOverflow, statusKnown:
	default:
		return store.Facts{}, fmt.Errorf("%w: %q", errDamaged, r.status)
	}
	value, err := r.text(0)
	if err != nil {
		return f, err
	}
	c, err := decodeClient(value)
	if err != nil {
		return f, err
	}
	f = c.Facts(version)
	switch r.status {
	case statusOverflow:
		f.Overflow = true
	case statusOK:
		wrote, err := r.int(1)
		f.Wrote = wrote == 1
		return f, err
	case statusStale:
		f.Stale = true
		f.Record, err = r.record(1)
		if err == nil {
			f.Version = f.Record.Version
		}
	}
	return f, err
}

func (r reply) record(i int) (*store.Record, error) {
	if i >= len(r.rest) {
		return nil, errDamaged
	}
	fields, err := r.rest[i].AsStrMap()
	if err != nil {
		return nil, err
	}
	return decodeRecord(fields)
}

func formatVersion(v uint64) string { return strconv.FormatUint(v, 10) }
