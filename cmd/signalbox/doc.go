// Command signalbox is the whole service in one binary: it reads the environment,
// wires the packages and runs them. main parses and calls run; tests call run.
package main
