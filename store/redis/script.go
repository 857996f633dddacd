package redis

import (
	"context"
	"crypto/sha1" //nolint:gosec // it is Redis' name for a script
	"embed"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
)

//go:embed lua/*.lua
var sources embed.FS

// scripts are all that the store writes with.
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

// A script is sent again when the connection breaks before the reply has come,
// unless it is to be sent once. That is for again to do, not for the driver.
type script struct {
	lua    *rueidis.Lua
	source string
	hash   string // Redis' name for it
	writes bool
	once   bool // sent again it would find nothing, or another experiment
}

func newScript(name string, writes bool) *script {
	text := source(name)
	sum := sha1.Sum([]byte(text)) //nolint:gosec // see above
	return &script{lua: rueidis.NewLuaScript(text), source: text, hash: hex.EncodeToString(sum[:]), writes: writes}
}

func (c *script) single() *script {
	c.once = true
	return c
}

// source returns a script with those that it includes.
func source(name string) string {
	text, err := sources.ReadFile("lua/" + name + ".lua")
	if err != nil {
		panic(err) // it is embedded
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		if included, ok := strings.CutPrefix(line, "-- include "); ok {
			line = source(strings.TrimSuffix(strings.TrimSpace(included), ".lua"))
		}
		b.WriteString(line)
	}
	return b.String()
}

// A reply is what a script says. Which parts there are depends on its status.
type reply struct {
	status string
	rest   []rueidis.RedisMessage
}

// What a reply begins with.
const (
	statusOK         = "ok"
	statusNone       = "none"
	statusGeneration = "generation"
	statusStale      = "stale"
	statusInvalid    = "invalid"
	statusOverflow   = "overflow"
	statusWrote      = "wrote" // of a reply that is nothing but 1
	statusKnown      = ""      // of a reply that is nothing but a client's value
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

// facts returns those of a reply to a call that makes the version what is
// given if it is carried out.
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
	f = store.Facts{Version: version, Choice: c.choice, Reserved: c.reserved, Epoch: c.epoch, Overflow: r.status == statusOverflow}
	switch r.status {
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
