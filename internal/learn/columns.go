package learn

// columnTable holds dense weights row by row, one row a feature, so that several
// columns are added up side by side.
type columnTable struct {
	columns int
	weights []float32
}

// newColumnTable turns column-major weights over. It returns nil where no kernel
// or too few columns would use them.
func newColumnTable(columnMajor []float32, columns int) *columnTable {
	if !hasKernels || columns < kernelColumns || len(columnMajor) == 0 {
		return nil
	}
	rows := len(columnMajor) / columns
	t := &columnTable{columns: columns, weights: make([]float32, len(columnMajor))}
	for column := range columns {
		for row, weight := range columnMajor[column*rows:][:rows] {
			t.weights[row*columns+column] = weight
		}
	}
	return t
}

// dot overwrites the sums from to to with the products of x and those columns,
// each added up in the order of x. Sums has a place for every column: those near
// a narrow range are overwritten, too.
func (t *columnTable) dot(sums, x []float32, from, to int) {
	from = max(0, min(from, t.columns-kernelColumns))
	width := max(to-from, kernelColumns)
	sums, weights := sums[from:t.columns], t.weights[from:]
	dotColumns(&sums[0], &x[0], &weights[0], len(x), t.columns, width)
}
