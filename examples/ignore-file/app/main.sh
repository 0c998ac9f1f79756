#!/bin/sh
echo "a program"
