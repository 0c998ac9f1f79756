#include <stdio.h>

#include "greeting.h"

int main(int count, char **arguments) {
  puts(greeting(count > 1 ? arguments[1] : "world"));
  return 0;
}
