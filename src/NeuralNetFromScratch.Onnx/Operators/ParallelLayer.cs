using System.Globalization;
using System.Numerics.Tensors;

namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// Chains of layers with the same input, whose outputs are concatenated: <c>y = [F₁(x), F₂(x), …]</c>, <c>dx = Σ dFᵢ/dx·dyᵢ</c>. A branch without layers passes the
/// input on. Parameters of inner layers have names such as "parallel1.branch2.dense1.weight".
/// </summary>
internal sealed class ParallelLayer : Layer, IPart<ParallelLayer>
{
    private readonly Layer[][] _branches;

    public ParallelLayer(IReadOnlyList<IReadOnlyList<Layer>> branches)
        : this(Describe(branches))
    {
    }

    private ParallelLayer(Settings settings)
        : base(settings)
    {
        int count = settings.Get<int>("branches");
        if (count is < 1 or > 10_000)
            throw new ArgumentException($"expected 1 to 10,000 branches, got {count}");
        _branches = [.. Enumerable.Range(1, count).Select(number => settings.GetList<Layer>(Name(number)))];
    }

    public static string Kind => "parallel";

    public static ParallelLayer Create(Settings settings) => new(settings);

    public override bool MixesSamples => _branches.Any(branch => branch.Any(layer => layer.MixesSamples));

    public override Shape OutputShape(Shape inputShape) => OutputShape(inputShape, Branches(inputShape));

    public override Shape OutputShape(Shape inputShape, IReadOnlyList<Chain> branches) => [branches.Aggregate(0, (sum, branch) => checked(sum + branch.OutputShape.ElementCount))];

    /// <remarks>A chain needs at least one layer; a flatten layer passes the input on.</remarks>
    public override IReadOnlyList<Chain> Branches(Shape inputShape) =>
        [.. _branches.Select((layers, i) => new Chain(inputShape, layers.Length == 0 ? [new Flatten()] : layers, Name(i + 1)))];

    public override ScratchSize Scratch(Shape inputShape, int rows) => new(checked(rows * inputShape.ElementCount));

    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        int start = 0;
        for (int branch = 0; branch < context.BranchCount; branch++)
        {
            ReadOnlyMatrixView result = context.Branch(branch).Forward(input);
            for (int row = 0; row < result.Rows; row++)
                result.Row(row).CopyTo(output.Row(row).Slice(start, result.Columns));
            start += result.Columns;
        }
    }

    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        bool isWanted = inputGradient.Rows > 0;
        MatrixView gradient = isWanted ? new(context.Scratch, input.Rows, input.Columns) : default;
        int start = 0;
        for (int branch = 0; branch < context.BranchCount; branch++)
        {
            ChainRun run = context.Branch(branch);
            MatrixView part = run.OutputGradient;
            for (int row = 0; row < part.Rows; row++)
                outputGradient.Row(row).Slice(start, part.Columns).CopyTo(part.Row(row));
            start += part.Columns;
            run.Backward(input, branch == 0 ? inputGradient : gradient);
            if (isWanted && branch > 0)
                TensorPrimitives.Add(inputGradient.Span, gradient.Span, inputGradient.Span);
        }
    }

    private static Settings Describe(IReadOnlyList<IReadOnlyList<Layer>> branches)
    {
        var settings = new Settings(Kind, new Setting("branches", branches.Count));
        for (int i = 0; i < branches.Count; i++)
            settings = settings.WithList(Name(i + 1), branches[i]);
        return settings;
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"branch{number}");
}
