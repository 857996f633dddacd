package redistest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
)

const allSlots = 1 << 14

// Cluster is three primaries that share the slots.
type Cluster struct {
	Nodes []*Server // the primaries, unless one is killed

	replicas []*Server
}

func (c *Cluster) all() []*Server { return slices.Concat(c.Nodes, c.replicas) }

// StartCluster starts the servers and returns when all of them know that the cluster is
// complete.
func StartCluster() (*Cluster, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c := new(Cluster)
	if err := c.start(ctx); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context) error {
	const nodes = 3
	for range nodes {
		node, err := retry(startNode)
		if err != nil {
			return err
		}
		c.Nodes = append(c.Nodes, node)
	}
	for i, node := range c.Nodes {
		first, last := i*allSlots/nodes, (i+1)*allSlots/nodes-1
		if err := node.ask(ctx, "CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1)).Error(); err != nil {
			return err
		}
		if err := node.ask(ctx, "CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(first), strconv.Itoa(last)).Error(); err != nil {
			return err
		}
		for _, other := range c.Nodes[:i] {
			if err := node.meet(ctx, other); err != nil {
				return err
			}
		}
	}
	return until(ctx, func() error { return c.agrees(ctx) })
}

func startNode() (*Server, error) {
	bus, err := freePort()
	if err != nil {
		return nil, err
	}
	return start("", []string{
		"--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "2000",
		"--repl-diskless-sync-delay", "0",
	})
}

// meet introduces two nodes to each other.
func (s *Server) meet(ctx context.Context, other *Server) error {
	host, port, err := net.SplitHostPort(other.Addr)
	if err != nil {
		return err
	}
	bus, err := other.ask(ctx, "CONFIG", "GET", "cluster-port").AsStrMap()
	if err != nil {
		return err
	}
	return s.ask(ctx, "CLUSTER", "MEET", host, port, bus["cluster-port"]).Error()
}

// agrees returns an error while the nodes do not agree on the state of the cluster.
func (c *Cluster) agrees(ctx context.Context) error {
	var first string
	for _, node := range c.all() {
		info, err := node.ask(ctx, "CLUSTER", "INFO").ToString()
		if err != nil {
			return err
		}
		state, known, epoch := field(info, "cluster_state"), field(info, "cluster_known_nodes"), field(info, "cluster_current_epoch")
		first = cmp.Or(first, epoch)
		if state != "ok" || known != strconv.Itoa(len(c.all())) || epoch != first {
			return fmt.Errorf("node %s is %s, knows %s nodes and is in epoch %s, the first node in epoch %s", node.Addr, state, known, epoch, first)
		}
	}
	return nil
}

// field returns the value of a field of INFO.
func field(info, name string) string {
	_, rest, _ := strings.Cut(info, name+":")
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}

// AddReplica adds a replica to a node, and returns it once it has the node's data.
func (c *Cluster) AddReplica(ctx context.Context, of *Server) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	replica, err := retry(startNode)
	if err != nil {
		return nil, err
	}
	c.replicas = append(c.replicas, replica)
	if err := replica.meet(ctx, of); err != nil {
		return nil, err
	}
	id, err := of.ask(ctx, "CLUSTER", "MYID").ToString()
	if err != nil {
		return nil, err
	}
	err = until(ctx, func() error { // it must know of the node first
		return replica.ask(ctx, "CLUSTER", "REPLICATE", id).Error()
	})
	if err != nil {
		return nil, err
	}
	return replica, until(ctx, func() error { return errors.Join(replicating(ctx, of, 1), c.agrees(ctx)) })
}

// Addrs returns the addresses of all nodes.
func (c *Cluster) Addrs() (addrs []string) {
	for _, node := range c.Nodes {
		addrs = append(addrs, node.Addr)
	}
	return addrs
}

// Slot returns the slot of a key.
func (c *Cluster) Slot(ctx context.Context, key string) (int64, error) {
	return c.Nodes[0].ask(ctx, "CLUSTER", "KEYSLOT", key).AsInt64()
}

// Owner returns the server that has a slot, by the first node that answers.
func (c *Cluster) Owner(ctx context.Context, slot int64) (owner *Server, err error) {
	for _, node := range c.all() {
		if owner, err = c.owner(ctx, slot, node); err == nil {
			break
		}
	}
	return owner, err
}

// owner returns the server that has a slot, by the node asked.
func (c *Cluster) owner(ctx context.Context, slot int64, asked *Server) (*Server, error) {
	text, err := asked.ask(ctx, "CLUSTER", "NODES").ToString()
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(text) { // id host:port@bus flags … eighth slot-slot slot …
		fields := strings.Fields(line)
		for _, node := range c.all() {
			if strings.HasPrefix(fields[1], node.Addr+"@") && slices.ContainsFunc(fields[8:], func(r string) bool { return has(r, slot) }) {
				return node, nil
			}
		}
	}
	return nil, fmt.Errorf("no server has slot %d", slot)
}

// has reports whether a slot is in a range of slots. A slot in brackets is being moved.
func has(r string, slot int64) bool {
	first, last, more := strings.Cut(r, "-")
	if !more {
		last = first
	}
	from, err := strconv.ParseInt(first, 10, 64)
	to, err2 := strconv.ParseInt(last, 10, 64)
	return err == nil && err2 == nil && from <= slot && slot <= to
}

// Stop ends all processes and removes their files.
func (c *Cluster) Stop() error { return stopAll(c.all()) }
