// Some tests here change the default backend or the environment.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
