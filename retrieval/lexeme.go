package retrieval

// Lexemes is the number of distinct lexemes: the most dimensions of a pgvector sparsevec.
const Lexemes = 1_000_000_000

// Lexeme is the stable number of a term, in 1…[Lexemes]. Being a hash it needs no
// dictionary, and tells nothing of what else is stored. With a million terms, about
// one in two thousand shares its number with another.
func Lexeme(term string) int32 {
	hash := uint64(14695981039346656037) // FNV-1a, then the finaliser of MurmurHash3
	for i := range len(term) {
		hash = (hash ^ uint64(term[i])) * 1099511628211
	}
	hash ^= hash >> 33
	hash *= 0xff51afd7ed558ccd
	hash ^= hash >> 33
	hash *= 0xc4ceb9fe1a85ec53
	hash ^= hash >> 33
	return int32(hash%Lexemes) + 1
}
