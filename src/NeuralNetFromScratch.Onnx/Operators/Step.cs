using System.Globalization;

namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// One operator of an <see cref="OperatorLayer"/>: its name, which is ONNX's where ONNX has one, what it takes, and its settings. Everything is
/// about one sample, whose values are vectors.
/// </summary>
internal sealed class Step : Part, IPart<Step>
{
    public Step(string name, IReadOnlyList<int> inputs, IReadOnlyList<float>? numbers = null, IReadOnlyList<int>? sizes = null)
        : this(Describe(name, inputs, numbers ?? [], sizes ?? []))
    {
    }

    private Step(Settings settings)
        : base(settings)
    {
        Name = settings.Get<string>("operator");
        Operator = StepOperators.Find(Name) ?? throw new ArgumentException($"the operator {MessageText.Quote(Name)} is unknown");
        Inputs = settings.GetList<int>("inputs");
        Numbers = [.. settings.GetList<string>("numbers").Select(Number)];
        Sizes = settings.GetList<int>("sizes");
    }

    public static string Kind => "onnx-step";

    public string Name { get; }

    public StepOperator Operator { get; }

    /// <summary>What it takes: 0 is the layer's input, n the result of the n-th step, −n the n-th constant.</summary>
    public int[] Inputs { get; }

    /// <summary>Numbers such as α and β, in the order of the operator.</summary>
    public float[] Numbers { get; }

    /// <summary>Whole numbers such as the sizes of axes, in the order of the operator.</summary>
    public int[] Sizes { get; }

    public static Step Create(Settings settings) => new(settings);

    private static Settings Describe(string name, IReadOnlyList<int> inputs, IReadOnlyList<float> numbers, IReadOnlyList<int> sizes)
    {
        Settings settings = inputs.Count == 0 ? new(Kind, new Setting("operator", name)) : new(Kind, new Setting("operator", name), new Setting("inputs", inputs));
        if (numbers.Count > 0)
            settings = settings.WithList("numbers", Texts(numbers));
        return sizes.Count > 0 ? settings.WithList("sizes", sizes) : settings;
    }

    /// <summary>As texts, since a bound of a Clip can be infinite, which JSON has no number for.</summary>
    private static string[] Texts(IReadOnlyList<float> numbers) => [.. numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture))];

    private static float Number(string text) => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float number)
        ? number
        : throw new ArgumentException($"{MessageText.Quote(text)} is not a number");
}

/// <summary>An operator on the values of one sample, forward and backward. It has no state: the table has one object of each.</summary>
internal abstract class StepOperator
{
    /// <summary>Whether each value of the result depends on those at the same place of the inputs, or on single numbers, alone.</summary>
    public virtual bool IsElementwise => false;

    /// <summary>How many values the result has.</summary>
    /// <param name="step">The step.</param>
    /// <param name="lengths">How many values each input has.</param>
    /// <exception cref="ArgumentException">The inputs or settings do not fit the operator.</exception>
    public abstract int OutputLength(Step step, ReadOnlySpan<int> lengths);

    /// <summary>Computes <see cref="StepRun.Output"/>.</summary>
    public abstract void Forward(in StepRun run);

    /// <summary>Adds to each <see cref="StepRun.InputGradient"/> what <see cref="StepRun.OutputGradient"/> says.</summary>
    public abstract void Backward(in StepRun run);

    /// <summary>Adds the step to a graph, in which each value is [batch, length], and a constant [1, length].</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="step">The step.</param>
    /// <param name="inputs">The values that it takes.</param>
    /// <param name="lengths">How many values each input has.</param>
    /// <returns>The value that it gives.</returns>
    public abstract string Export(GraphBuilder graph, Step step, string[] inputs, ReadOnlySpan<int> lengths);

    private protected static void Require(bool condition, Step step, string what)
    {
        if (!condition)
            throw new ArgumentException($"{step.Name}: {what}");
    }

    /// <summary>A size that has to be there and above 0, and the product of all, which has to fit the vector that it describes.</summary>
    private protected static int Product(Step step, params ReadOnlySpan<int> sizes)
    {
        long product = 1;
        foreach (int size in sizes)
        {
            Require(size > 0, step, "sizes must be positive");
            product *= size;
            Require(product <= Array.MaxLength, step, "sizes are too large");
        }

        return (int)product;
    }
}

/// <summary>The memory of the steps of one layer for one sample: each value, and each value's gradient.</summary>
/// <param name="layout">Where the values lie.</param>
/// <param name="values">All values.</param>
/// <param name="gradients">Their gradients; empty where only the values are wanted.</param>
/// <param name="constants">The layer's constants.</param>
/// <param name="number">The number of the step, from 0.</param>
internal readonly ref struct StepRun(StepLayout layout, Span<float> values, Span<float> gradients, ReadOnlySpan<float> constants, int number)
{
    private readonly Span<float> _values = values, _gradients = gradients;
    private readonly ReadOnlySpan<float> _constants = constants;

    public Step Step => layout.Steps[number];

    public Span<float> Output => layout.Of(number + 1, _values);

    public ReadOnlySpan<float> OutputGradient => layout.Of(number + 1, _gradients);

    public ReadOnlySpan<float> Input(int input)
    {
        int place = Step.Inputs[input];
        return place >= 0 ? layout.Of(place, _values) : layout.ConstantOf(place, _constants);
    }

    /// <summary>An input's gradient, to be added to; empty for a constant.</summary>
    public Span<float> InputGradient(int input) => Step.Inputs[input] is >= 0 and var place ? layout.Of(place, _gradients) : [];
}

/// <summary>Where the values of a layer's steps lie: the input, then the steps' results one after another.</summary>
internal sealed class StepLayout
{
    private readonly int[] _offsets, _lengths, _constantOffsets, _constantLengths;

    /// <exception cref="ArgumentException">A step does not fit what it takes.</exception>
    public StepLayout(int inputLength, IReadOnlyList<Step> steps, IReadOnlyList<int> constants)
    {
        Steps = [.. steps];
        _constantLengths = [.. constants];
        _constantOffsets = Offsets(_constantLengths);
        _lengths = new int[steps.Count + 1];
        _lengths[0] = inputLength;
        for (int i = 0; i < steps.Count; i++)
        {
            Step step = steps[i];
            int[] lengths = new int[step.Inputs.Length];
            for (int input = 0; input < lengths.Length; input++)
            {
                int place = step.Inputs[input];
                if (place > i || -(long)place > constants.Count)
                    throw new ArgumentException($"step {i} ({step.Name}) takes {place}, which is not there yet");
                lengths[input] = place >= 0 ? _lengths[place] : _constantLengths[-place - 1];
            }

            _lengths[i + 1] = step.Operator.OutputLength(step, lengths);
        }

        _offsets = Offsets(_lengths);
    }

    public Step[] Steps { get; }

    public IReadOnlyList<int> ConstantLengths => _constantLengths;

    /// <summary>How many values there are.</summary>
    public int Total => _offsets[^1];

    /// <summary>How many values the constants have.</summary>
    public int ConstantTotal => _constantOffsets[^1];

    /// <summary>How many values the result of the last step has, or the input where there is no step.</summary>
    public int OutputLength => _lengths[^1];

    public int Length(int place) => place >= 0 ? _lengths[place] : _constantLengths[-place - 1];

    public Span<float> Of(int place, Span<float> memory) => memory.Slice(_offsets[place], _lengths[place]);

    public ReadOnlySpan<float> ConstantOf(int place, ReadOnlySpan<float> constants) => constants.Slice(_constantOffsets[-place - 1], _constantLengths[-place - 1]);

    private static int[] Offsets(int[] lengths)
    {
        int[] offsets = new int[lengths.Length + 1];
        for (int i = 0; i < lengths.Length; i++)
            offsets[i + 1] = lengths[i] > 0 ? checked(offsets[i] + lengths[i]) : throw new ArgumentException($"a value has {lengths[i]} elements");
        return offsets;
    }
}
