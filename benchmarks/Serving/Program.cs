using System.Diagnostics;
using System.Globalization;
using Numerics.Formats;
using Numerics.Nn;
using Numerics.Samples.CatsVsDogs;
using Numerics.Samples.Server;
using Numerics.Tensors;

// What request batching brings: clients that each send a picture, wait for the answer and send the next, over loopback, to
// samples/Server with the cats-vs-dogs network. Clients, server and network share the machine's cores.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is not [string pictureFile, string requestsText] || !int.TryParse(requestsText, out int requests) || !File.Exists(pictureFile))
{
    Console.Error.WriteLine("usage: PICTURE REQUESTS");
    return 2;
}

string folder = Directory.CreateTempSubdirectory("numerics-serving-").FullName;
try
{
    string path = Path.Combine(folder, "model.keras");
    RandomGenerator.SetSeed(1);
    using (Sequential model = Network.Create())
        KerasModel.Save(model, path);
    byte[] picture = File.ReadAllBytes(pictureFile);
    foreach (int clients in (int[])[1, 4, 16, 64])
    {
        // One picture at a time waits for nobody.
        foreach ((int maxBatch, int delay) in new[] { (1, 0), (32, 0), (32, 5) })
        {
            await using WebApplication app = PredictionServer.Create(
                ["--model", path, "--maxBatch", $"{maxBatch}", "--maxDelayMilliseconds", $"{delay}", "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Warning"]);
            await app.StartAsync();
            using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
            var predictor = app.Services.GetRequiredService<BatchingPredictor>();
            _ = await Ask(client, picture, clients, Math.Max(64, requests / 4));
            int before = predictor.Batches;
            long start = Stopwatch.GetTimestamp();
            double[] times = await Ask(client, picture, clients, requests);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Array.Sort(times);
            Console.WriteLine(
                $"{clients,3} clients, batches of up to {maxBatch,2}, delay {delay} ms: {times.Length / seconds,6:F0} pictures/s, "
                + $"median {times[times.Length / 2],6:F1} ms, 99 % within {times[times.Length * 99 / 100],6:F1} ms, {(double)times.Length / (predictor.Batches - before):F1} pictures a batch");
            await app.StopAsync();
        }
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

return 0;

static async Task<double[]> Ask(HttpClient client, byte[] picture, int clients, int requests)
{
    double[][] times = await Task.WhenAll(Enumerable.Range(0, clients).Select(number => Task.Run(async () =>
    {
        double[] own = new double[requests / clients];
        for (int i = 0; i < own.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using var content = new ByteArrayContent(picture);
            using HttpResponseMessage response = await client.PostAsync("/predict", content);
            _ = await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
            own[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return own;
    })));
    return [.. times.SelectMany(own => own)];
}
