#include "agent/history/history.h"
#include <httplib.h>
#include <fstream>
