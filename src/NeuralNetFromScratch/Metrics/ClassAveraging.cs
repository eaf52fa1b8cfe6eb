namespace NeuralNetFromScratch;

/// <summary>Specifies how the values of several classes or labels are combined into one.</summary>
public enum ClassAveraging
{
    /// <summary>The mean over the classes.</summary>
    Macro,

    /// <summary>The mean over the classes, weighted by their number of samples.</summary>
    Weighted,

    /// <summary>The value computed from the counts of all classes together.</summary>
    Micro,

    /// <summary>The value of the positive class alone.</summary>
    Binary,
}

/// <summary>The settings that specify how the values of several classes are combined.</summary>
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

    /// <summary>Returns the kind, with the settings that differ from the default.</summary>
    public string Name(string kind)
    {
        string averaging = Averaging is null or ClassAveraging.Binary ? "" : $"-{Text(Averaging.Value)}";
        return FormattableString.Invariant($"{kind}{averaging}{(PositiveClass == 1 ? "" : $"-of-class-{PositiveClass}")}");
    }

    /// <summary>Returns the reason why a task has no such value; null if it has one.</summary>
    public string? Reason(MetricTask task)
    {
        if (!task.IsSingleLabel && !task.IsMultiLabel)
            return "a regression has no classes";
        if (For(task) != ClassAveraging.Binary)
            return null;
        if (task.IsMultiLabel && (task.OutputCount > 1 || PositiveClass != 1))
            return task.OutputCount > 1 ? "each output is a separate label; PerClass has the value of each" : "the positive class of a single output is 1";
        return task.IsSingleLabel && PositiveClass >= task.OutputCount ? $"there is no class {PositiveClass}" : null;
    }

    /// <summary>Returns the averaging for a task.</summary>
    public ClassAveraging For(MetricTask task) =>
        Averaging ?? (task.OutputCount == (task.IsMultiLabel ? 1 : 2) ? ClassAveraging.Binary : ClassAveraging.Macro);

    /// <summary>Combines the classes' values into one. A class whose value is NaN is ignored, unless all are NaN.</summary>
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
