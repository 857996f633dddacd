package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/internal/countsfile"
	"github.com/sixpack-go/sixpack/internal/report"
)

// maxAlternatives is the largest number of alternatives that an experiment may have.
const maxAlternatives = 256

// shares is the value of a flag such as 90:10.
type shares []float64

// String implements [pflag.Value].
func (s *shares) String() string { return report.Ratio(*s) }

// Set implements [pflag.Value].
func (s *shares) Set(text string) error {
	var all shares
	for part := range strings.SplitSeq(text, ":") {
		x, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || !(x > 0 && x <= countsfile.MaxCount) {
			return fmt.Errorf("must be two to 256 numbers above 0, such as 50:50 or 90:10; %q is none", part)
		}
		all = append(all, x)
	}
	if len(all) < 2 || len(all) > maxAlternatives {
		return errors.New("must be two to 256 numbers above 0, such as 50:50 or 90:10")
	}
	*s = all
	return nil
}

// Type implements [pflag.Value].
func (*shares) Type() string { return "shares" }
