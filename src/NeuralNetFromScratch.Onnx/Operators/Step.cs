using System.Globalization;

namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// One operator of an <see cref="OperatorLayer"/>: its name (that of ONNX, if there is one), its inputs and its settings. It computes on one sample, whose values
/// are vectors.
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

    /// <summary>The inputs: 0 is the input of the layer, n the result of step n, −n constant n.</summary>
    public int[] Inputs { get; }

    /// <summary>Numbers such as α and β, in the order of the operator.</summary>
    public float[] Numbers { get; }

    /// <summary>Integers such as the sizes of axes, in the order of the operator.</summary>
    public int[] Sizes { get; }

    public static Step Create(Settings settings) => new(settings);

    private static Settings Describe(string name, IReadOnlyList<int> inputs, IReadOnlyList<float> numbers, IReadOnlyList<int> sizes)
    {
        Settings settings = inputs.Count == 0 ? new(Kind, new Setting("operator", name)) : new(Kind, new Setting("operator", name), new Setting("inputs", inputs));
        if (numbers.Count > 0)
            settings = settings.WithList("numbers", Texts(numbers));
        return sizes.Count > 0 ? settings.WithList("sizes", sizes) : settings;
    }

    /// <summary>Numbers are stored as strings, since a bound can be infinite, which JSON cannot represent.</summary>
    private static string[] Texts(IReadOnlyList<float> numbers) => [.. numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture))];

    private static float Number(string text) => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float number)
        ? number
        : throw new ArgumentException($"{MessageText.Quote(text)} is not a number");
}

/// <summary>The forward and backward computation of an operator for one sample. It has no state.</summary>
internal abstract class StepOperator
{
    /// <summary>Whether the operator is element-wise, with broadcasting of single numbers.</summary>
    public virtual bool IsElementwise => false;

    /// <summary>Returns the number of values of the result.</summary>
    /// <param name="step">The step.</param>
    /// <param name="lengths">The number of values of each input.</param>
    /// <exception cref="ArgumentException">The inputs or settings do not fit the operator.</exception>
    public abstract int OutputLength(Step step, ReadOnlySpan<int> lengths);

    /// <summary>Computes <see cref="StepRun.Output"/>.</summary>
    public abstract void Forward(in StepRun run);

    /// <summary>Adds the gradients of the inputs, from <see cref="StepRun.OutputGradient"/>, to <see cref="StepRun.InputGradient"/>.</summary>
    public abstract void Backward(in StepRun run);

    /// <summary>Adds the step to a graph, where values are [batch, length] and constants [1, length].</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="step">The step.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="lengths">The number of values of each input.</param>
    /// <returns>The output.</returns>
    public abstract string Export(GraphBuilder graph, Step step, string[] inputs, ReadOnlySpan<int> lengths);

    private protected static void Require(bool condition, Step step, string what)
    {
        if (!condition)
            throw new ArgumentException($"{step.Name}: {what}");
    }

    /// <summary>Checks that sizes are present and positive, and that their product is the length of a vector.</summary>
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

/// <summary>The values and gradients of the steps of a layer for one sample.</summary>
/// <param name="layout">The offsets and lengths of the values.</param>
/// <param name="values">All values.</param>
/// <param name="gradients">The gradients; empty if only values are computed.</param>
/// <param name="constants">The constants of the layer.</param>
/// <param name="number">The index of the step, from 0.</param>
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

    /// <summary>Returns the gradient of an input, to add to; empty for a constant.</summary>
    public Span<float> InputGradient(int input) => Step.Inputs[input] is >= 0 and var place ? layout.Of(place, _gradients) : [];
}

/// <summary>The memory layout of a layer: the input, then the results of the steps.</summary>
internal sealed class StepLayout
{
    private readonly int[] _offsets, _lengths, _constantOffsets, _constantLengths;

    /// <exception cref="ArgumentException">A step does not fit its inputs.</exception>
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
                    throw new ArgumentException($"step {i} ({step.Name}) uses {place}, which is computed later");
                lengths[input] = place >= 0 ? _lengths[place] : _constantLengths[-place - 1];
            }

            _lengths[i + 1] = step.Operator.OutputLength(step, lengths);
        }

        _offsets = Offsets(_lengths);
    }

    public Step[] Steps { get; }

    public IReadOnlyList<int> ConstantLengths => _constantLengths;

    /// <summary>The number of values.</summary>
    public int Total => _offsets[^1];

    /// <summary>The number of values of the constants.</summary>
    public int ConstantTotal => _constantOffsets[^1];

    /// <summary>The number of values of the last step, or of the input if there are no steps.</summary>
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
