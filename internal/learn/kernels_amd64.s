#include "textflag.h"

// Eight columns at a time. Each lane does what the Go code beside does for one
// column, in its order, without fused operations: the results are equal bit for
// bit. The last eight columns may overlap those before: both get the same sums.

// func addRowGroups(sums *float32, table *int8, rows *uint32, values *float32, groups, stride, columns int)
TEXT ·addRowGroups(SB), NOSPLIT, $0-56
	MOVQ sums+0(FP), DI
	MOVQ table+8(FP), SI
	MOVQ rows+16(FP), DX
	MOVQ values+24(FP), CX
	MOVQ groups+32(FP), R8
	MOVQ stride+40(FP), R9
	MOVQ columns+48(FP), R10
	SUBQ $8, R10
	VMOVUPS (DI)(R10*4), Y15

group:
	// The rows of the group after the next are on their way meanwhile.
	CMPQ R8, $2
	JLE  compute
	MOVL 32(DX), R11
	MOVL 36(DX), R12
	MOVL 40(DX), R13
	MOVL 44(DX), AX
	IMULQ R9, R11
	IMULQ R9, R12
	IMULQ R9, R13
	IMULQ R9, AX
	ADDQ SI, R11
	ADDQ SI, R12
	ADDQ SI, R13
	ADDQ SI, AX
	PREFETCHT0 (R11)
	PREFETCHT0 (R12)
	PREFETCHT0 (R13)
	PREFETCHT0 (AX)
	PREFETCHT0 7(R11)(R10*1)
	PREFETCHT0 7(R12)(R10*1)
	PREFETCHT0 7(R13)(R10*1)
	PREFETCHT0 7(AX)(R10*1)

compute:
	MOVL (DX), R11
	MOVL 4(DX), R12
	MOVL 8(DX), R13
	MOVL 12(DX), AX
	IMULQ R9, R11
	IMULQ R9, R12
	IMULQ R9, R13
	IMULQ R9, AX
	ADDQ SI, R11
	ADDQ SI, R12
	ADDQ SI, R13
	ADDQ SI, AX
	VBROADCASTSS (CX), Y0
	VBROADCASTSS 4(CX), Y1
	VBROADCASTSS 8(CX), Y2
	VBROADCASTSS 12(CX), Y3
	XORQ BX, BX

chunk:
	CMPQ BX, R10
	JGE  last
	VPMOVSXBD (R11)(BX*1), Y4
	VPMOVSXBD (R12)(BX*1), Y5
	VPMOVSXBD (R13)(BX*1), Y6
	VPMOVSXBD (AX)(BX*1), Y7
	VCVTDQ2PS Y4, Y4
	VCVTDQ2PS Y5, Y5
	VCVTDQ2PS Y6, Y6
	VCVTDQ2PS Y7, Y7
	VMULPS Y0, Y4, Y4
	VMULPS Y1, Y5, Y5
	VMULPS Y2, Y6, Y6
	VMULPS Y3, Y7, Y7
	VADDPS Y5, Y4, Y4
	VADDPS Y6, Y4, Y4
	VADDPS Y7, Y4, Y4
	VADDPS (DI)(BX*4), Y4, Y4
	VMOVUPS Y4, (DI)(BX*4)
	ADDQ $8, BX
	JMP  chunk

last:
	VPMOVSXBD (R11)(R10*1), Y4
	VPMOVSXBD (R12)(R10*1), Y5
	VPMOVSXBD (R13)(R10*1), Y6
	VPMOVSXBD (AX)(R10*1), Y7
	VCVTDQ2PS Y4, Y4
	VCVTDQ2PS Y5, Y5
	VCVTDQ2PS Y6, Y6
	VCVTDQ2PS Y7, Y7
	VMULPS Y0, Y4, Y4
	VMULPS Y1, Y5, Y5
	VMULPS Y2, Y6, Y6
	VMULPS Y3, Y7, Y7
	VADDPS Y5, Y4, Y4
	VADDPS Y6, Y4, Y4
	VADDPS Y7, Y4, Y4
	VADDPS Y4, Y15, Y15
	ADDQ $16, DX
	ADDQ $16, CX
	DECQ R8
	JNZ  group
	VMOVUPS Y15, (DI)(R10*4)
	VZEROUPPER
	RET

// func dotColumns(sums, x, weights *float32, length, stride, columns int)
TEXT ·dotColumns(SB), NOSPLIT, $0-48
	MOVQ sums+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ weights+16(FP), DX
	MOVQ length+24(FP), R8
	MOVQ stride+32(FP), R9
	MOVQ columns+40(FP), R10
	SHLQ $2, R9
	XORQ BX, BX             // the first column of this pass
	LEAQ -32(R10), R11
	SUBQ $8, R10

wide:
	LEAQ 8(R10), R13
	CMPQ BX, R13
	JGE  done
	CMPQ BX, R11
	JLE  enough
	TESTQ R11, R11
	JLT  narrow
	MOVQ R11, BX            // some columns once more

enough:
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	LEAQ (DX)(BX*4), AX
	MOVQ SI, CX
	MOVQ R8, R12

wideRow:
	VBROADCASTSS (CX), Y8
	VMULPS (AX), Y8, Y4
	VMULPS 32(AX), Y8, Y5
	VMULPS 64(AX), Y8, Y6
	VMULPS 96(AX), Y8, Y7
	VADDPS Y4, Y0, Y0
	VADDPS Y5, Y1, Y1
	VADDPS Y6, Y2, Y2
	VADDPS Y7, Y3, Y3
	ADDQ $4, CX
	ADDQ R9, AX
	DECQ R12
	JNZ  wideRow
	VMOVUPS Y0, (DI)(BX*4)
	VMOVUPS Y1, 32(DI)(BX*4)
	VMOVUPS Y2, 64(DI)(BX*4)
	VMOVUPS Y3, 96(DI)(BX*4)
	ADDQ $32, BX
	JMP  wide

narrow:
	LEAQ 8(R10), R13
	CMPQ BX, R13
	JGE  done
	CMPQ BX, R10
	CMOVQGT R10, BX
	VXORPS Y0, Y0, Y0
	LEAQ (DX)(BX*4), AX
	MOVQ SI, CX
	MOVQ R8, R12

narrowRow:
	VBROADCASTSS (CX), Y8
	VMULPS (AX), Y8, Y4
	VADDPS Y4, Y0, Y0
	ADDQ $4, CX
	ADDQ R9, AX
	DECQ R12
	JNZ  narrowRow
	VMOVUPS Y0, (DI)(BX*4)
	ADDQ $8, BX
	JMP  narrow

done:
	VZEROUPPER
	RET
