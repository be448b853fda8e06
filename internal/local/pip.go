package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// pipCommands are the ways to call pip, in the order in which they are tried.
var pipCommands = [][]string{
	{"python3", "-m", "pip"}, {"pip3"}, {"pip"}, {"python", "-m", "pip"},
	{"uv", "tool", "run", "pip"}, {"uvx", "pip"},
}

var errNoPip = errors.New("neither pip nor uv is installed")

// findPip returns the first way of calling pip that works here.
func findPip(ctx context.Context) ([]string, error) {
	for _, words := range pipCommands {
		if _, err := exec.LookPath(words[0]); err != nil {
			continue
		}
		if exec.CommandContext(ctx, words[0], append(words[1:len(words):len(words)], "--version")...).Run() == nil {
			return words, nil
		}
	}
	return nil, errNoPip
}

// pipDownload fetches the one wheel of the requirements into a folder and
// returns its path. pip chooses the platform, uses the user's own settings for
// registries and proxies, and checks the hashes.
func pipDownload(ctx context.Context, requirements, folder string) (string, error) {
	pip, err := findPip(ctx)
	if err != nil {
		return "", err
	}
	list := filepath.Join(folder, "requirements.txt")
	if err := os.WriteFile(list, []byte(requirements), 0o600); err != nil {
		return "", err
	}
	arguments := append(pip[1:len(pip):len(pip)], "download", "--quiet", "--disable-pip-version-check", "--no-input",
		"--no-deps", "--only-binary=:all:", "--require-hashes", "--python-version", "3.11",
		"--requirement", list, "--dest", folder)
	command := exec.CommandContext(ctx, pip[0], arguments...)
	if output, err := command.CombinedOutput(); err != nil {
		const most = 1500
		output = bytes.TrimSpace(output)
		return "", fmt.Errorf("%s: %w: %s", pip[0], err, output[max(0, len(output)-most):])
	}
	wheels, err := filepath.Glob(filepath.Join(globLiteral(folder), "*.whl"))
	if err != nil || len(wheels) != 1 {
		return "", errors.Join(fmt.Errorf("pip left %d wheels, not one", len(wheels)), err)
	}
	return wheels[0], nil
}
