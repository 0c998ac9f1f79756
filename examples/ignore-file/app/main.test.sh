#!/bin/sh
test "$(./main.sh)" = "a program"
