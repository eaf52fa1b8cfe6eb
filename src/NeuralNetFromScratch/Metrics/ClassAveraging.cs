namespace NeuralNetFromScratch;

/// <summary>How the figures of several classes or labels become one.</summary>
public enum ClassAveraging
{
    /// <summary>Each class counts the same.</summary>
    Macro,

    /// <summary>Each class counts as often as it has samples.</summary>
    Weighted,

    /// <summary>Each decision counts the same, whatever its class.</summary>
    Micro,

    /// <summary>The figure of one class alone, the positive one.</summary>
    Binary,
}

/// <summary>The settings that say which figure of several classes is wanted.</summary>
internal readonly record struct ClassChoice(ClassAveraging? Averaging, int PositiveClass)
{
    public static Settings Settings(string kind, ClassAveraging? averaging) =>
        averaging is { } choice ? new(kind, new Setting("averaging", Text(Guard.Defined(choice, nameof(averaging))))) : new(kind);

    public static ClassChoice Read(Settings settings)
    {
        int positiveClass = settings.Get("positiveClass", 1);
        Guard.NonNegative(positiveClass, "PositiveClass");
        string name = settings.Get("averaging", "");
        foreach (ClassAveraging averaging in Enum.GetValues<ClassAveraging>())
        {
            if (name == Text(averaging))
                return new(averaging, positiveClass);
        }

        return name.Length == 0 ? new(null, positiveClass) : throw new InvalidDataException($"{settings.Kind}: the averaging {MessageText.Quote(name)} is unknown");
    }

    /// <summary>The kind, with what differs from the default.</summary>
    public string Name(string kind)
    {
        string averaging = Averaging is null or ClassAveraging.Binary ? "" : $"-{Text(Averaging.Value)}";
        return FormattableString.Invariant($"{kind}{averaging}{(PositiveClass == 1 ? "" : $"-of-class-{PositiveClass}")}");
    }

    /// <summary>Why a task has no such figure; null if it has.</summary>
    public string? Reason(MetricTask task)
    {
        if (!task.IsSingleLabel && !task.IsMultiLabel)
            return "a regression has no classes";
        if (For(task) != ClassAveraging.Binary)
            return null;
        if (task.IsMultiLabel && (task.Outputs > 1 || PositiveClass != 1))
            return task.Outputs > 1 ? "each output is a label of its own; the figure of each is in PerClass" : "the positive class of a single output is 1";
        return task.IsSingleLabel && PositiveClass >= task.Outputs ? $"there is no class {PositiveClass}" : null;
    }

    /// <summary>The averaging of a task.</summary>
    public ClassAveraging For(MetricTask task) =>
        Averaging ?? (task.Outputs == (task.IsMultiLabel ? 1 : 2) ? ClassAveraging.Binary : ClassAveraging.Macro);

    /// <summary>One figure of the classes' figures. A class whose figure is NaN does not count, unless all are.</summary>
    public double Combine(MetricTask task, ReadOnlySpan<double> figures, ReadOnlySpan<double> samples, double micro)
    {
        ClassAveraging averaging = For(task);
        if (averaging == ClassAveraging.Micro)
            return micro;
        if (averaging == ClassAveraging.Binary)
            return figures[task.IsMultiLabel ? 0 : PositiveClass];
        double sum = 0, weights = 0;
        bool isDefined = false;
        for (int j = 0; j < figures.Length; j++)
        {
            if (double.IsNaN(figures[j]))
                continue;
            double weight = averaging == ClassAveraging.Macro ? 1 : samples[j];
            sum += weight * figures[j];
            weights += weight;
            isDefined = true;
        }

        return !isDefined ? double.NaN : weights == 0 ? 0 : sum / weights;
    }

    private static string Text(ClassAveraging averaging) => averaging switch
    {
        ClassAveraging.Macro => "macro",
        ClassAveraging.Weighted => "weighted",
        ClassAveraging.Micro => "micro",
        _ => "binary",
    };
}
