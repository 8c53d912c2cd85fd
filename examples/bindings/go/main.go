// libtrestle from Go, by cgo.
//
//	CGO_CFLAGS=$(pkg-config --cflags trestle) CGO_LDFLAGS=$(pkg-config --libs trestle) go run .
package main

/*
#include <trestle/trestle.h>
*/
import "C"

import (
	"fmt"
	"os"
	"strings"
	"unsafe"
)

// Error is an error code of the library.
type Error C.tr_err

func (e Error) Error() string {
	code := C.tr_err(e)
	return C.GoString(C.tr_err_name(code)) + ": " + C.GoString(C.tr_err_text(code))
}

func check(code C.tr_err) error {
	if code != C.TR_OK {
		return Error(code)
	}
	return nil
}

func keccak256(data []byte) (out [32]byte) {
	in := (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(data)))
	C.tr_hash_keccak256(in, C.size_t(len(data)), (*C.uint8_t)(unsafe.Pointer(&out[0])))
	return out
}

func main() {
	fmt.Println("trestle", C.GoString(C.tr_version()))
	hash := keccak256([]byte("transfer(address,uint256)"))
	fmt.Printf("transfer(address,uint256) is %x\n", hash[:4])
	if hash[0] != 0xa9 || hash[3] != 0xbb {
		os.Exit(1)
	}
	if err := check(C.TR_OK); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	err := check(C.TR_E_SHORT)
	fmt.Println(err)
	if err == nil || !strings.HasPrefix(err.Error(), "TR_E_SHORT: ") {
		os.Exit(1)
	}
}
