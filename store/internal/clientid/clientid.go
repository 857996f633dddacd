// Package clientid converts client IDs that are UUIDs to their 16 bytes and back. Most
// client IDs are UUIDs in lower case, which stores keep in less than half the space.
package clientid

import "encoding/hex"

// Parse returns the bytes of an ID of the form 8-4-4-4-12 lower-case hexadecimal digits. For
// other IDs, which [Format] would not return unchanged, it returns false.
func Parse(id string) (uuid [16]byte, ok bool) {
	if len(id) != 36 || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' {
		return uuid, false
	}
	for i, at := range positions {
		high, low := digits[id[at]], digits[id[at+1]]
		if high > 15 || low > 15 {
			return uuid, false
		}
		uuid[i] = high<<4 | low
	}
	return uuid, true
}

// positions holds where in an ID the two digits of each byte are.
var positions = [16]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

// digits maps lower-case hexadecimal digits to their values and other bytes to 255.
var digits = func() (values [256]byte) {
	for i := range values {
		values[i] = 255
	}
	for i, c := range []byte("0123456789abcdef") {
		values[c] = byte(i)
	}
	return values
}()

// Format returns the ID with these bytes.
func Format(uuid [16]byte) string {
	b := hex.AppendEncode(make([]byte, 0, 36), uuid[:4])
	b = hex.AppendEncode(append(b, '-'), uuid[4:6])
	b = hex.AppendEncode(append(b, '-'), uuid[6:8])
	b = hex.AppendEncode(append(b, '-'), uuid[8:10])
	return string(hex.AppendEncode(append(b, '-'), uuid[10:]))
}
