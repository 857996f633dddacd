package memory

import "encoding/hex"

// A uuid is a client id of the form 8-4-4-4-12 lower-case hexadecimal digits,
// in 16 bytes instead of a string's 52. Most client ids are like this.
type uuid [16]byte

// A key is a client id as a shard keeps it: the UUID if it can be had back
// from it to the letter, else the id itself.
type key struct {
	isUUID bool
	uuid   uuid
	other  string
}

func keyOf(id string) key {
	if u, ok := parseUUID(id); ok {
		return key{isUUID: true, uuid: u}
	}
	return key{other: id}
}

func parseUUID(id string) (u uuid, ok bool) {
	if len(id) != 36 || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' {
		return u, false
	}
	at := 0
	for i := range u {
		if id[at] == '-' {
			at++
		}
		high, low := digits[id[at]], digits[id[at+1]]
		if high > 15 || low > 15 {
			return u, false
		}
		u[i] = high<<4 | low
		at += 2
	}
	return u, true
}

// digits has the value of each lower-case hexadecimal digit, more than 15 for
// what is none. Upper-case digits are none: they would come back as others.
var digits = func() (values [256]byte) {
	for i := range values {
		values[i] = 255
	}
	for i, c := range []byte("0123456789abcdef") {
		values[c] = byte(i)
	}
	return values
}()

func (u uuid) String() string {
	var b [36]byte
	hex.Encode(b[:], u[:4])
	b[8] = '-'
	hex.Encode(b[9:], u[4:6])
	b[13] = '-'
	hex.Encode(b[14:], u[6:8])
	b[18] = '-'
	hex.Encode(b[19:], u[8:10])
	b[23] = '-'
	hex.Encode(b[24:], u[10:])
	return string(b[:])
}
