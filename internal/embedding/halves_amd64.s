#include "textflag.h"

DATA low<>+0(SB)/4, $15
GLOBL low<>(SB), RODATA, $4
DATA zero<>+0(SB)/4, $8
GLOBL zero<>(SB), RODATA, $4

// func addHalfBytes(even, odd *float32, weights *byte, count int, scale float32)
TEXT ·addHalfBytes(SB), NOSPLIT, $0-36
	MOVQ even+0(FP), DI
	MOVQ odd+8(FP), SI
	MOVQ weights+16(FP), DX
	MOVQ count+24(FP), CX
	VBROADCASTSS scale+32(FP), Y0
	VPBROADCASTD low<>(SB), Y1
	VPBROADCASTD zero<>(SB), Y2
	XORQ BX, BX

eight:
	VPMOVZXBD (DX)(BX*1), Y3
	VPSRLD $4, Y3, Y4
	VPAND Y1, Y3, Y3
	VPSUBD Y2, Y3, Y3
	VPSUBD Y2, Y4, Y4
	VCVTDQ2PS Y3, Y3
	VCVTDQ2PS Y4, Y4
	VMULPS Y0, Y3, Y3
	VMULPS Y0, Y4, Y4
	VADDPS (DI)(BX*4), Y3, Y3
	VADDPS (SI)(BX*4), Y4, Y4
	VMOVUPS Y3, (DI)(BX*4)
	VMOVUPS Y4, (SI)(BX*4)
	ADDQ $8, BX
	CMPQ BX, CX
	JLT  eight
	VZEROUPPER
	RET
