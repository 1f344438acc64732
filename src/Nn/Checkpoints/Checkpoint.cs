using System.Globalization;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Everything that the next step of a training run depends on: weights, the optimizer's state, random numbers, the place in the
/// data, running means of the epoch, what callbacks remember, and the history. A run that goes on from it takes bitwise the steps
/// that it would have taken.
/// </summary>
internal static class Checkpoint
{
    /// <summary>The state of the call of Fit that is under way, to be written before the next step: weights are read then.</summary>
    public static TrainingState Capture(Model model)
    {
        TrainingRun run = model.Run ?? throw new InvalidOperationException("a checkpoint is made during Fit");
        var state = new TrainingState();
        state.Set("epoch", (long)run.Epoch);
        state.Set("step", (long)run.Step);
        foreach (Variable variable in model.Variables)
            state.Set($"model/{variable.Name}", variable);
        Optimizer optimizer = model.Optimizer!;
        optimizer.Build(model.TrainableVariables);
        state.Set("optimizer/calls", optimizer.Calls);
        if (optimizer.Schedule is ConstantRate rate)
            state.Set("optimizer/learning_rate", rate.Rate);
        foreach (Variable variable in optimizer.Variables)
            state.Set($"optimizer/{variable.Name}", variable);

        // Data of which nothing was taken is begun again, and draws its order then.
        bool begun = run.Feed.Taken != 0;
        Save(state.Part("random/"), begun ? RandomState.Now : run.Feed.RandomAtStart);
        state.Set("feed/taken", begun ? run.Feed.Taken : -1);
        Save(state.Part("feed/random/"), run.Feed.RandomAtStart);
        Save(state.Part("feed/position/"), run.Feed.Position);
        Save(state.Part("validation/position/"), run.ValidationData?.Resumable?.Position);
        model.SaveState(state);
        for (int i = 0; i < run.Callbacks.Count; i++)
            run.Callbacks[i].SaveState(state.Part(Prefix(run.Callbacks, i)));
        run.History.SaveState(state.Part("history/"));
        if (run.TrainingLogs is { } logs)
            History.SaveLogs(state.Part("training_logs/"), logs);
        return state;
    }

    /// <summary>Brings a call of Fit to the state.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="state">The state.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="InvalidDataException">The state is of another model or optimizer; nothing has been changed.</exception>
    public static void Restore(Model model, TrainingState state, string path)
    {
        TrainingRun run = model.Run ?? throw new InvalidOperationException("a checkpoint is restored during Fit");
        if (!model.Built)
            throw new InvalidOperationException($"{model.Title}: build the model before Fit, so that there are weights to restore");
        Optimizer optimizer = model.Optimizer!;
        optimizer.Build(model.TrainableVariables);
        (Variable, NDArray)[] values =
        [
            .. model.Variables.Select(variable => (variable, Find(state, $"model/{variable.Name}", variable, path))),
            .. optimizer.Variables.Select(variable => (variable, Find(state, $"optimizer/{variable.Name}", variable, path))),
        ];
        foreach ((Variable variable, NDArray value) in values)
            variable.Assign(value);
        optimizer.Calls = Number(state, "optimizer/calls", path);
        if (optimizer.Schedule is ConstantRate && state.TryGet("optimizer/learning_rate", out double rate))
            optimizer.LearningRate = (float)rate;
        (run.Epoch, run.Step) = ((int)Number(state, "epoch", path), (int)Number(state, "step", path));
        run.Feed.Resume(Number(state, "feed/taken", path), Position(state.Part("feed/position/")), Random(state.Part("feed/random/"), path));
        if (run.ValidationData?.Resumable is { } validation && Position(state.Part("validation/position/")) is { } place)
            validation.Position = place;
        model.LoadState(state);
        for (int i = 0; i < run.Callbacks.Count; i++)
            run.Callbacks[i].LoadState(state.Part(Prefix(run.Callbacks, i)));
        run.History.LoadState(state.Part("history/"));
        run.TrainingLogs = History.LoadLogs(state.Part("training_logs/")) is { Count: > 0 } logs ? logs : null;

        // Last: going on in the data may have drawn numbers.
        Random(state.Part("random/"), path).Restore();
    }

    // Numbered among those of one type: a progress bar more or less changes nothing.
    private static string Prefix(IReadOnlyList<Callback> callbacks, int index)
    {
        Type type = callbacks[index].GetType();
        int number = callbacks.Take(index).Count(callback => callback.GetType() == type);
        return string.Create(CultureInfo.InvariantCulture, $"callbacks/{type.Name}/{number}/");
    }

    private static NDArray Find(TrainingState state, string name, Variable variable, string path)
    {
        if (!state.TryGet(name, out NDArray? array))
            throw new InvalidDataException($"{path}: expected '{name}' {variable.Shape}, found none; is it a checkpoint of another model or optimizer?");
        return array.Shape == variable.Shape
            ? array
            : throw new InvalidDataException($"{path}: expected '{name}' {variable.Shape}, found {array.Shape}; is it a checkpoint of another model?");
    }

    private static long Number(TrainingState state, string name, string path) => state.TryGet(name, out long value)
        ? value
        : throw new InvalidDataException($"{path}: the checkpoint has no '{name}'");

    private static void Save(TrainingState state, RandomState random)
    {
        state.Set("seed", random.Seed.ToString(CultureInfo.InvariantCulture));
        state.Set("position", random.Position.ToString(CultureInfo.InvariantCulture));
    }

    private static RandomState Random(TrainingState state, string path)
    {
        return state.TryGet("seed", out string? seed) && state.TryGet("position", out string? position)
            && ulong.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out ulong first)
            && ulong.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out ulong second)
            ? new RandomState(first, second)
            : throw new InvalidDataException($"{path}: the checkpoint has no state of the random numbers");
    }

    private static void Save(TrainingState state, DataPosition? position)
    {
        if (position is not { } place)
            return;
        state.Set("epoch", place.Epoch);
        state.Set("items", place.Items);
    }

    private static DataPosition? Position(TrainingState state) =>
        state.TryGet("epoch", out long epoch) && state.TryGet("items", out long items) ? new DataPosition(epoch, items) : null;
}
