package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// shares is a flag like 90:10.
type shares []float64

// String implements [pflag.Value].
func (s *shares) String() string {
	all := make([]string, len(*s))
	for i, x := range *s {
		all[i] = strconv.FormatFloat(roundTo(x, 6), 'f', -1, 64)
	}
	return strings.Join(all, ":")
}

// Set implements [pflag.Value].
func (s *shares) Set(text string) error {
	var all shares
	for part := range strings.SplitSeq(text, ":") {
		x, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || !(x > 0 && x <= mostCounted) {
			return fmt.Errorf("must be two to 256 numbers above 0, such as 50:50 or 90:10; %q is none", part)
		}
		all = append(all, x)
	}
	const most = 256 // as of experiments
	if len(all) < 2 || len(all) > most {
		return errors.New("must be two to 256 numbers above 0, such as 50:50 or 90:10")
	}
	*s = all
	return nil
}

// Type implements [pflag.Value].
func (*shares) Type() string { return "shares" }
