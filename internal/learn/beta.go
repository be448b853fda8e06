package learn

import "math"

// betaQuantile inverts the regularised incomplete beta function by bisection,
// which cannot fail and takes microseconds.
func betaQuantile(probability, a, b float64) float64 {
	low, high := 0.0, 1.0
	for range 60 {
		middle := (low + high) / 2
		if incompleteBeta(middle, a, b) < probability {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// incompleteBeta is the regularised incomplete beta function, by its continued
// fraction on the side where that converges fast (Abramowitz and Stegun
// 26.5.8).
func incompleteBeta(x, a, b float64) float64 {
	if x <= 0 {
		return 0
	}
	if x >= 1 {
		return 1
	}
	if x > (a+1)/(a+b+2) {
		return 1 - incompleteBeta(1-x, b, a)
	}
	all, _ := math.Lgamma(a + b)
	left, _ := math.Lgamma(a)
	right, _ := math.Lgamma(b)
	front := math.Exp(all - left - right + a*math.Log(x) + b*math.Log1p(-x))
	return front / (a * betaFraction(x, a, b))
}

// betaFraction evaluates the denominator's continued fraction from the front
// (the modified Lentz method).
func betaFraction(x, a, b float64) float64 {
	const tiny = 1e-300
	value, c, d := 1.0, 1.0, 0.0
	for step := 1; step <= 2000; step++ {
		m := float64(step / 2)
		var numerator float64
		if step%2 == 0 {
			numerator = m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		} else {
			numerator = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		}
		d = away(1+numerator*d, tiny)
		c = away(1+numerator/c, tiny)
		d = 1 / d
		value *= c * d
		if math.Abs(c*d-1) < 1e-14 {
			break
		}
	}
	return value
}

// away keeps a divisor off zero.
func away(x, tiny float64) float64 {
	if math.Abs(x) < tiny {
		return tiny
	}
	return x
}
