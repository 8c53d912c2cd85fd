module trestle/examples/go

go 1.20
