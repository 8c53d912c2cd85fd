#!/usr/bin/env python3
"""libtrestle from Python, by ctypes alone.

    python3 trestle.py        (LD_LIBRARY_PATH may say where libtrestle.so.0 is)
"""
import ctypes

lib = ctypes.CDLL("libtrestle.so.0")
lib.tr_version.restype = ctypes.c_char_p
lib.tr_err_name.restype = ctypes.c_char_p
lib.tr_err_name.argtypes = [ctypes.c_int32]
lib.tr_err_text.restype = ctypes.c_char_p
lib.tr_err_text.argtypes = [ctypes.c_int32]
lib.tr_hash_keccak256.restype = None
lib.tr_hash_keccak256.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p]


class TrestleError(Exception):
    """An error code of the library, with its name and sentence."""

    def __init__(self, code):
        super().__init__(f"{lib.tr_err_name(code).decode()}: {lib.tr_err_text(code).decode()}")
        self.code = code


def check(code):
    """Raises TrestleError unless code is TR_OK."""
    if code != 0:
        raise TrestleError(code)


def keccak256(data):
    """The Keccak-256 hash of bytes."""
    out = ctypes.create_string_buffer(32)
    lib.tr_hash_keccak256(data, len(data), out)
    return out.raw


def main():
    print("trestle", lib.tr_version().decode())
    print("transfer(address,uint256) is", keccak256(b"transfer(address,uint256)")[:4].hex())
    assert keccak256(b"transfer(address,uint256)")[:4].hex() == "a9059cbb"
    check(0)
    try:
        check(3)
    except TrestleError as error:
        print(error)
        assert str(error).startswith("TR_E_SHORT: ")
    else:
        raise AssertionError("code 3 is an error")


if __name__ == "__main__":
    main()
