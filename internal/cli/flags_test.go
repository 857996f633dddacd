package cli

import "testing"

func TestFraction(t *testing.T) {
	for s, want := range map[string]float64{
		"5%": 0.05, "5 %": 0.05, " 0.05 ": 0.05, "250%": 2.5, "0": 0, "0%": 0, "0.1%": 0.001, "7%": 0.07, "99.9%": 0.999, "1e-3": 0.001,
	} {
		var f fraction
		if err := f.Set(s); err != nil || float64(f) != want {
			t.Errorf("%q is %v, want %v: %v", s, float64(f), want, err)
		}
	}
	for s, want := range map[string]string{
		"": "must be like 5% or 0.05", "five": "must be like 5% or 0.05", "NaN": "must be like 5% or 0.05", "Inf%": "must be like 5% or 0.05",
		"-5%": "must not be negative", "5": "must be like 5% or 0.05; 5 is ambiguous", "1": "must be like 5% or 0.05; 1 is ambiguous",
	} {
		f := fraction(0.5)
		if err := f.Set(s); err == nil || err.Error() != want || f != 0.5 {
			t.Errorf("%q is %v: %v, want %s", s, float64(f), err, want)
		}
	}
	for f, want := range map[fraction]string{0: "", 0.05: "5%", 0.07: "7%", 2.5: "250%"} {
		if got := f.String(); got != want {
			t.Errorf("%v is written as %q, want %q", float64(f), got, want)
		}
	}
}
