namespace NeuralNetFromScratch;

/// <summary>
/// Parameters that are updated differently from the others: those of one layer ("dense1"), or one parameter ("dense1.weight"). Where several groups of an
/// optimizer name a parameter, the last one counts.
/// </summary>
public sealed class ParameterGroup : Part, IPart<ParameterGroup>
{
    /// <summary>A group.</summary>
    /// <param name="name">The name of a layer or of a parameter, as <see cref="ParameterStore"/> has it.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public ParameterGroup(string name)
        : this(new Settings(Kind, new Setting("name", name)))
    {
    }

    private ParameterGroup(Settings settings)
        : base(settings)
    {
        ArgumentException.ThrowIfNullOrEmpty(Name, "name");
        IsFrozen = settings.Get("isFrozen", false);
        LearningRateFactor = settings.Get("learningRateFactor", 1f);
        L2Penalty = settings.Get<float?>("l2Penalty", null);
        L1Penalty = settings.Get<float?>("l1Penalty", null);
        DecoupledWeightDecay = settings.Get<float?>("weightDecay", null);
        MaxNorm = settings.Get<float?>("maxNorm", null);
    }

    /// <inheritdoc/>
    public static string Kind => "parameter-group";

    /// <summary>The name of a layer or of a parameter.</summary>
    public string Name => Settings.Get<string>("name");

    /// <summary>Whether the parameters keep their values; running statistics too. Default: false.</summary>
    public bool IsFrozen
    {
        get;
        init => Settings = Settings.With("isFrozen", field = value, defaultValue: false);
    }

    /// <summary>Factor on the optimizer's learning rate. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float LearningRateFactor
    {
        get;
        init => Settings = Settings.With("learningRateFactor", field = Guard.NonNegative(value, nameof(LearningRateFactor)), defaultValue: 1f);
    }

    /// <summary>See <see cref="Optimizer.L2Penalty"/>; the optimizer's own if null, the default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float? L2Penalty
    {
        get;
        init => Settings = Settings.With("l2Penalty", field = Guard.NonNegativeOrNone(value, nameof(L2Penalty)));
    }

    /// <summary>See <see cref="Optimizer.L1Penalty"/>; the optimizer's own if null, the default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float? L1Penalty
    {
        get;
        init => Settings = Settings.With("l1Penalty", field = Guard.NonNegativeOrNone(value, nameof(L1Penalty)));
    }

    /// <summary>See <see cref="Optimizer.DecoupledWeightDecay"/>; the optimizer's own if null, the default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float? DecoupledWeightDecay
    {
        get;
        init => Settings = Settings.With("weightDecay", field = Guard.NonNegativeOrNone(value, nameof(DecoupledWeightDecay)));
    }

    /// <summary>See <see cref="Optimizer.MaxNorm"/>; the optimizer's own if null, the default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public float? MaxNorm
    {
        get;
        init => Settings = Settings.With("maxNorm", field = Guard.PositiveOrNone(value, nameof(MaxNorm)));
    }

    /// <inheritdoc/>
    public static ParameterGroup Create(Settings settings) => new(settings);

    /// <summary>Whether the group names a parameter.</summary>
    internal bool Names(string parameter) =>
        parameter == Name || (parameter.Length > Name.Length && parameter[Name.Length] == '.' && parameter.StartsWith(Name, StringComparison.Ordinal));
}
