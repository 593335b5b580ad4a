// The assay binary.
int main() { return 0; }
