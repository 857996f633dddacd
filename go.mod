module github.com/sixpack-go/sixpack

go 1.26
