package redistest

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"

	"github.com/redis/rueidis"
)

// moveBatch is the number of keys that one command moves.
const moveBatch = "100"

// Move moves a slot with its keys to a node, as redis-cli --cluster reshard does,
// while the slot is in use. It returns when all nodes know the new owner.
func (c *Cluster) Move(ctx context.Context, slot int64, to *Server) error {
	from, err := c.Owner(ctx, slot)
	if err != nil || from == to {
		return err
	}
	source, err := c.member(ctx, from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := c.member(ctx, to)
	if err != nil {
		return err
	}
	defer target.Close()
	number := strconv.FormatInt(slot, 10)
	if err := target.do(ctx, "CLUSTER", "SETSLOT", number, "IMPORTING", source.id).Error(); err != nil {
		return err
	}
	if err := source.do(ctx, "CLUSTER", "SETSLOT", number, "MIGRATING", target.id).Error(); err != nil {
		return err
	}
	if err := source.send(ctx, number, to.Addr); err != nil {
		return err
	}
	// The target comes first: otherwise no node would serve the slot for a moment.
	for _, node := range append([]*Server{to, from}, c.Nodes...) {
		if err := node.ask(ctx, "CLUSTER", "SETSLOT", number, "NODE", target.id).Error(); err != nil {
			return err
		}
	}
	return until(ctx, func() error { return c.moved(ctx, slot, to) })
}

// moved returns an error while a node does not know that a slot was moved. Until all
// nodes agree, no slot may be moved again: a late message would return the slot to
// an owner that does not have its keys.
func (c *Cluster) moved(ctx context.Context, slot int64, to *Server) error {
	for _, node := range c.all() {
		owner, err := c.owner(ctx, slot, node)
		if err != nil {
			return err
		}
		if owner != to {
			return fmt.Errorf("node %s considers %s the owner of slot %d", node.Addr, owner.Addr, slot)
		}
	}
	return c.agrees(ctx)
}

// A member is a connection to a node.
type member struct {
	rueidis.Client

	id string
}

func (c *Cluster) member(ctx context.Context, s *Server) (m member, err error) {
	if m.Client, err = s.connect(); err != nil {
		return m, err
	}
	if m.id, err = m.do(ctx, "CLUSTER", "MYID").ToString(); err != nil {
		m.Close()
	}
	return m, err
}

func (m member) do(ctx context.Context, command ...string) rueidis.RedisResult {
	return m.Do(ctx, m.B().Arbitrary(command...).Build())
}

// send moves all keys of a slot from m to the node at addr.
func (m member) send(ctx context.Context, slot, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	for {
		keys, err := m.do(ctx, "CLUSTER", "GETKEYSINSLOT", slot, moveBatch).AsStrSlice()
		if err != nil || len(keys) == 0 {
			return err
		}
		migrate := slices.Concat([]string{"MIGRATE", host, port, "", "0", "5000", "KEYS"}, keys)
		if err := m.do(ctx, migrate...).Error(); err != nil {
			return err
		}
	}
}
