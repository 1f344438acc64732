using Numerics.Data;
using Numerics.Formats;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Samples.Server;

/// <summary>A minimal API around a model: pictures in, probabilities out.</summary>
internal static class PredictionServer
{
    private const long LargestPicture = 32 << 20;

    /// <summary>The web application.</summary>
    /// <param name="args">Its settings: <c>--model FILE</c>, <c>--maxBatch N</c>, <c>--maxDelayMilliseconds N</c>, and ASP.NET's own.</param>
    public static WebApplication Create(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
        _ = builder.WebHost.ConfigureKestrel(options => options.Limits.MaxRequestBodySize = LargestPicture);
        string path = builder.Configuration["model"] ?? throw new InvalidOperationException("--model FILE says which .keras, .h5 or .onnx model to serve");
        int maxBatch = builder.Configuration.GetValue("maxBatch", 32), delay = builder.Configuration.GetValue("maxDelayMilliseconds", 0);
        _ = builder.Services.AddSingleton(_ => Path.GetExtension(path) == ".onnx" ? OnnxModel.Import(path) : KerasModel.Load(path, compile: false));
        _ = builder.Services.AddSingleton(services => new BatchingPredictor(services.GetRequiredService<Model>(), maxBatch, TimeSpan.FromMilliseconds(delay)));
        _ = builder.Services.AddHostedService(services => services.GetRequiredService<BatchingPredictor>());

        WebApplication app = builder.Build();
        _ = app.MapGet("/", (Model model) => $"{model.Name} takes pictures {model.InputShape}; POST one to /predict");
        _ = app.MapPost("/predict", Predict);
        return app;
    }

    private static async Task<IResult> Predict(HttpRequest request, Model model, BatchingPredictor predictor, CancellationToken cancellation)
    {
        Shape input = model.InputShape!;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellation).ConfigureAwait(false);
        NDArray picture;
        try
        {
            picture = Image.Decode(body.GetBuffer().AsSpan(0, (int)body.Length), (input[1], input[2]), input[3]);
        }
        catch (InvalidDataException error)
        {
            return Results.Problem(error.Message, statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        float[] probabilities = await predictor.PredictAsync(picture, cancellation).ConfigureAwait(false);
        return Results.Json(new Prediction(Array.IndexOf(probabilities, probabilities.Max()), probabilities), PredictionJson.Default.Prediction);
    }
}
