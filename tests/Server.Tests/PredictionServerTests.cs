using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Numerics.Data;
using Numerics.Formats;
using Numerics.Nn;
using Numerics.Samples.Server;
using Numerics.Tensors;
using SkiaSharp;

namespace Numerics.Server.Tests;

public sealed class PredictionServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("numerics-server-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Pictures_that_come_together_are_predicted_together()
    {
        string path = Path.Combine(_folder, "model.keras");
        using (var model = new Sequential
        {
            new Input((12, 10, 3)), new Conv2D(4, 3, activation: "relu"), new Flatten(), new Dense(3, activation: "softmax"),
        })
        {
            KerasModel.Save(model, path);
        }

        await using WebApplication app = PredictionServer.Create(
            ["--model", path, "--maxBatch", "8", "--maxDelayMilliseconds", "200", "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Warning"]);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Contains("[None, 12, 10, 3]", await client.GetStringAsync("/"), StringComparison.Ordinal);

        byte[][] pictures = [.. Enumerable.Range(0, 16).Select(i => Picture((byte)(i * 16)))];
        string[] answers = await Task.WhenAll(pictures.Select(picture => Ask(client, picture)));
        using Model same = KerasModel.Load(path);
        for (int i = 0; i < pictures.Length; i++)
        {
            string file = Path.Combine(_folder, "picture.png");
            File.WriteAllBytes(file, pictures[i]);
            NDArray x = Image.Load(file, (12, 10));
            float[] expected = same.Predict(x.Reshape(x.Shape.Prepend(1))).ToFloats();
            using JsonDocument answer = JsonDocument.Parse(answers[i]);
            float[] actual = [.. answer.RootElement.GetProperty("probabilities").EnumerateArray().Select(value => value.GetSingle())];
            Assert.Equal(3, actual.Length);
            Assert.All(actual.Zip(expected), pair => Assert.InRange(pair.First, pair.Second - 1e-6f, pair.Second + 1e-6f));
            Assert.Equal(Array.IndexOf(expected, expected.Max()), answer.RootElement.GetProperty("class").GetInt32());
        }

        // Sixteen requests at once, eight to a batch: more batches only if some came late.
        Assert.InRange(app.Services.GetRequiredService<BatchingPredictor>().Batches, 2, 8);

        using HttpResponseMessage refused = await client.PostAsync("/predict", new ByteArrayContent([1, 2, 3]));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, refused.StatusCode);
        Assert.DoesNotContain(Path.GetTempPath(), await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await app.StopAsync();
    }

    private static async Task<string> Ask(HttpClient client, byte[] picture)
    {
        using var content = new ByteArrayContent(picture);
        using HttpResponseMessage response = await client.PostAsync("/predict", content);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    private static byte[] Picture(byte shade)
    {
        using var bitmap = new SKBitmap(20, 16);
        bitmap.Erase(new SKColor(shade, (byte)(255 - shade), 77));
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
