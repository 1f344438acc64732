using Numerics.Samples.Server;

// dotnet run --project samples/Server -- --model catsvsdogs.keras [--maxBatch 32] [--maxDelayMilliseconds 0] [--urls http://127.0.0.1:5000]
await PredictionServer.Create(args).RunAsync().ConfigureAwait(false);
