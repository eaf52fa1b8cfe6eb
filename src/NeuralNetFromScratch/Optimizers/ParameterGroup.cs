namespace NeuralNetFromScratch;

/// <summary>
/// Parameters that are updated differently from the others: those of one layer ("dense1"), or a single parameter ("dense1.weight"). If several
/// groups of an optimizer match a parameter, the last one applies.
/// </summary>
public sealed class ParameterGroup : Part, IPart<ParameterGroup>
{
    /// <summary>Creates a group with the optimizer's settings.</summary>
    /// <param name="name">The name of a layer or of a parameter in <see cref="ParameterStore"/>.</param>
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

    /// <summary>The name of the layer or parameter.</summary>
    public string Name => Settings.Get<string>("name");

    /// <summary>Whether the parameters, including running statistics, are not updated. Default: false.</summary>
    public bool IsFrozen
    {
        get;
        init => Settings = Settings.With("isFrozen", field = value, defaultValue: false);
    }

    /// <summary>The factor on the optimizer's learning rate. Default: 1; not negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float LearningRateFactor
    {
        get;
        init => Settings = Settings.With("learningRateFactor", field = Guard.NonNegative(value, nameof(LearningRateFactor)), defaultValue: 1f);
    }

    /// <summary>The penalty that replaces <see cref="Optimizer.L2Penalty"/>; not negative. Null, the default, for the optimizer's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float? L2Penalty
    {
        get;
        init => Settings = Settings.With("l2Penalty", field = Guard.NonNegativeOrNone(value, nameof(L2Penalty)));
    }

    /// <summary>The penalty that replaces <see cref="Optimizer.L1Penalty"/>; not negative. Null, the default, for the optimizer's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float? L1Penalty
    {
        get;
        init => Settings = Settings.With("l1Penalty", field = Guard.NonNegativeOrNone(value, nameof(L1Penalty)));
    }

    /// <summary>The decay that replaces <see cref="Optimizer.DecoupledWeightDecay"/>; not negative. Null, the default, for the optimizer's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float? DecoupledWeightDecay
    {
        get;
        init => Settings = Settings.With("weightDecay", field = Guard.NonNegativeOrNone(value, nameof(DecoupledWeightDecay)));
    }

    /// <summary>The bound that replaces <see cref="Optimizer.MaxNorm"/>; positive. Null, the default, for the optimizer's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public float? MaxNorm
    {
        get;
        init => Settings = Settings.With("maxNorm", field = Guard.PositiveOrNone(value, nameof(MaxNorm)));
    }

    /// <inheritdoc/>
    public static ParameterGroup Create(Settings settings) => new(settings);

    /// <summary>Whether the group contains a parameter.</summary>
    internal bool Names(string parameter) =>
        parameter == Name || (parameter.Length > Name.Length && parameter[Name.Length] == '.' && parameter.StartsWith(Name, StringComparison.Ordinal));
}
