package redis

import (
	"context"
	"embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
)

//go:embed lua/*.lua
var sources embed.FS

// scripts are all that the store writes with. A retryable one is sent again by
// the driver when the connection breaks before the reply has come.
type scripts struct {
	participate, convert, lookup, save, clear, clients, imports, base, delete *rueidis.Lua
}

func newScripts() scripts {
	retryable := func(name string) *rueidis.Lua { return rueidis.NewLuaScriptRetryable(source(name)) }
	return scripts{
		participate: retryable("participate"),
		convert:     retryable("convert"),
		lookup:      retryable("lookup"),
		save:        retryable("save"),
		clear:       retryable("clear"),
		clients:     retryable("clients"),
		imports:     retryable("import"),
		base:        retryable("base"),
		// Sent again it would find nothing, or another experiment of that name.
		delete: rueidis.NewLuaScript(source("delete")),
	}
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

func (s *Store) run(ctx context.Context, script *rueidis.Lua, keys, args []string) (reply, error) {
	message, err := script.Exec(ctx, s.client, keys, args).ToMessage()
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
		return store.Facts{Choice: store.None}, nil
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
