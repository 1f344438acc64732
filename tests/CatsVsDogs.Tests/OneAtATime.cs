// A run of the program sets the process' random seed, and may set its backend and its current directory.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
