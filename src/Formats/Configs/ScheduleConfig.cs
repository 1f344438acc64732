using System.Text.Json.Nodes;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>Learning-rate schedules as Keras writes them: keras/src/optimizers/schedules/learning_rate_schedule.py.</summary>
internal static class ScheduleConfig
{
    private const string Known =
        "ExponentialDecay, PiecewiseConstantDecay, PolynomialDecay, InverseTimeDecay, CosineDecay and CosineDecayRestarts";

    /// <summary>The object for a schedule.</summary>
    /// <exception cref="NotSupportedException">It is one of the user's own.</exception>
    public static JsonObject Write(LearningRateSchedule schedule, ConfigDialect dialect)
    {
        (string Name, JsonNode? Value)[] settings = schedule switch
        {
            ExponentialDecay decay =>
            [
                ("initial_learning_rate", decay.InitialLearningRate), ("decay_steps", decay.DecaySteps), ("decay_rate", decay.DecayRate),
                ("staircase", decay.Staircase),
            ],
            PiecewiseConstantDecay pieces =>
            [
                ("boundaries", new JsonArray([.. pieces.Boundaries.Select(step => (JsonNode)step)])),
                ("values", new JsonArray([.. pieces.Values.Select(rate => (JsonNode)rate)])),
            ],
            PolynomialDecay decay =>
            [
                ("initial_learning_rate", decay.InitialLearningRate), ("decay_steps", decay.DecaySteps),
                ("end_learning_rate", decay.EndLearningRate), ("power", decay.Power), ("cycle", decay.Cycle),
            ],
            InverseTimeDecay decay =>
            [
                ("initial_learning_rate", decay.InitialLearningRate), ("decay_steps", decay.DecaySteps), ("decay_rate", decay.DecayRate),
                ("staircase", decay.Staircase),
            ],
            CosineDecay decay =>
            [
                ("initial_learning_rate", decay.InitialLearningRate), ("decay_steps", decay.DecaySteps), ("alpha", decay.Alpha),
                ("warmup_target", decay.WarmupTarget), ("warmup_steps", decay.WarmupSteps),
            ],
            CosineDecayRestarts decay =>
            [
                ("initial_learning_rate", decay.InitialLearningRate), ("first_decay_steps", decay.FirstDecaySteps), ("t_mul", decay.TMul),
                ("m_mul", decay.MMul), ("alpha", decay.Alpha),
            ],
            _ => throw new NotSupportedException(
                $"the learning rate's schedule {schedule.GetType().Name} has no name in Keras; known are {Known}; save the model without its optimizer"),
        };
        var config = new JsonObject();
        foreach ((string name, JsonNode? value) in settings)
            config[name] = value;
        config["name"] = schedule.GetType().Name;
        return KerasObject.Write("keras.optimizers.schedules", schedule.GetType().Name, config, dialect);
    }

    /// <summary>The schedule that an object stands for.</summary>
    /// <exception cref="InvalidDataException">It is not known, or its settings make none.</exception>
    public static LearningRateSchedule Read(ConfigObject item)
    {
        string className = KerasObject.ClassName(item);
        ConfigObject config = item.Object("config").At($"{item.Place}: schedule '{className}'");
        LearningRateSchedule schedule;
        try
        {
            schedule = Create(className, config);
        }
        catch (ArgumentException error)
        {
            throw config.Error(error.Message, error);
        }

        return schedule.Call(0) is >= 0 and < float.PositiveInfinity ? schedule : throw config.Error($"the first rate is {schedule.Call(0)}");
    }

    private static LearningRateSchedule Create(string className, ConfigObject config) => className switch
    {
        "ExponentialDecay" => new ExponentialDecay(
            config.Real("initial_learning_rate"), config.Whole("decay_steps"), config.Real("decay_rate"), config.Flag("staircase", false)),
        "PiecewiseConstantDecay" => new PiecewiseConstantDecay(
            [.. config.Wholes("boundaries").Select(step => (long)step)], config.Reals("values")),
        "PolynomialDecay" => new PolynomialDecay(
            config.Real("initial_learning_rate"),
            config.Whole("decay_steps"),
            config.Real("end_learning_rate", 0.0001),
            config.Real("power", 1),
            config.Flag("cycle", false)),
        "InverseTimeDecay" => new InverseTimeDecay(
            config.Real("initial_learning_rate"), config.Whole("decay_steps"), config.Real("decay_rate"), config.Flag("staircase", false)),
        "CosineDecay" => new CosineDecay(
            config.Real("initial_learning_rate"),
            config.Whole("decay_steps"),
            config.Real("alpha", 0),
            config.Has("warmup_target") ? config.Real("warmup_target") : null,
            config.Whole("warmup_steps", 0)),
        "CosineDecayRestarts" => new CosineDecayRestarts(
            config.Real("initial_learning_rate"),
            config.Whole("first_decay_steps"),
            config.Real("t_mul", 2),
            config.Real("m_mul", 1),
            config.Real("alpha", 0)),
        _ => throw config.Error($"there is no such schedule here; known are {Known}"),
    };
}
