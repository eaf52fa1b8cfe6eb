using System.Numerics.Tensors;

namespace NeuralNetFromScratch;

/// <summary>
/// A block of layers F with a skip connection: <c>y = P(x) + F(x)</c>, <c>dx = dP/dx·dy + dF/dx·dy</c> (He et al. 2016). The skip connection is
/// the identity, <c>P(x) = x</c>, unless a <see cref="Projection"/> converts x to the shape of F(x). The parameters of the inner layers belong to
/// this layer, with prefixed names: "residual1.dense2.weight", "residual1.projection.dense1.weight".
/// </summary>
public sealed class Residual : Layer, IPart<Residual>
{
    private const int Block = 0, Shortcut = 1;

    private readonly Layer[] _layers;
    private readonly Layer[] _projection = [];

    /// <summary>Creates a residual block.</summary>
    /// <param name="layers">The layers of F in order; at least one.</param>
    /// <exception cref="ArgumentException">There is no layer, or one is null.</exception>
    public Residual(params IReadOnlyList<Layer> layers)
        : this(new Settings(Kind).WithList("layers", Checked(layers, nameof(layers))))
    {
    }

    private Residual(Settings settings)
        : base(settings)
    {
        _layers = Checked(settings.GetList<Layer>("layers"), "layers");
        Projection = settings.GetList<Layer>("projection");
    }

    /// <summary>The layers of F in order.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <summary>The layers of P in order; empty, the default, for the identity.</summary>
    /// <exception cref="ArgumentException">A layer is null.</exception>
    public IReadOnlyList<Layer> Projection
    {
        get => _projection;
        init
        {
            _projection = value is { Count: 0 } ? [] : Checked(value, nameof(Projection));
            Settings = Settings.WithList("projection", _projection);
        }
    }

    /// <inheritdoc/>
    public static string Kind => "residual";

    /// <inheritdoc/>
    public static Residual Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override bool MixesSamples => Array.Exists(_layers, static layer => layer.MixesSamples) || Array.Exists(_projection, static layer => layer.MixesSamples);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => OutputShape(inputShape, Branches(inputShape));

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape, IReadOnlyList<Chain> branches)
    {
        ArgumentNullException.ThrowIfNull(branches);
        if (branches.Count == 0 || branches.Contains(null!))
            throw new ArgumentException("expected the chain of the block, and that of the projection if there is one", nameof(branches));
        Shape block = branches[Block].OutputShape, around = branches.Count > Shortcut ? branches[Shortcut].OutputShape : inputShape;
        return block == around
            ? block
            : throw new ArgumentException(
                $"expected a block from {inputShape} to {around}, the shape of the skip connection, got one to {block}; set Projection to change the shape", nameof(inputShape));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Chain> Branches(Shape inputShape) => _projection.Length == 0
        ? [new Chain(inputShape, _layers)]
        : [new Chain(inputShape, _layers), new Chain(inputShape, _projection, "projection")];

    /// <inheritdoc/>
    public override ScratchSize Scratch(Shape inputShape, int rows) => _projection.Length == 0 ? default : new(Guard.Length(rows, inputShape.ElementCount));

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.CheckForward(this, input, output, Outputs(context, input.Columns));
        ReadOnlyMatrixView around = context.BranchCount > Shortcut ? context.Branch(Shortcut).Forward(input) : input;
        TensorPrimitives.Add(around.Span, context.Branch(Block).Forward(input).Span, output.Span);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.CheckBackward(this, input, output, outputGradient, inputGradient, Outputs(context, input.Columns));
        // The layers may overwrite the gradient that they receive, and the skip connection still needs it.
        ChainRun block = context.Branch(Block);
        outputGradient.Span.CopyTo(block.OutputGradient.Span);
        block.Backward(input, inputGradient);
        if (context.BranchCount == 1)
        {
            if (inputGradient.Rows > 0)
                TensorPrimitives.Add(inputGradient.Span, outputGradient.Span, inputGradient.Span);
            return;
        }

        ChainRun shortcut = context.Branch(Shortcut);
        outputGradient.Span.CopyTo(shortcut.OutputGradient.Span);
        MatrixView around = inputGradient.Rows == 0 ? default : new(context.ScratchOf(this, input.Span.Length), input.Rows, input.Columns);
        shortcut.Backward(input, around);
        if (inputGradient.Rows > 0)
            TensorPrimitives.Add(inputGradient.Span, around.Span, inputGradient.Span);
    }

    private static int Outputs(in LayerContext context, int inputs)
    {
        if (context.BranchCount == 0)
            throw new ArgumentException("a residual must run in a Chain, which has the memory of its inner layers", nameof(context));
        return context.BranchCount == 1 ? inputs : context.Branch(Shortcut).Outputs;
    }

    private static Layer[] Checked(IReadOnlyList<Layer> layers, string name)
    {
        ArgumentNullException.ThrowIfNull(layers, name);
        if (layers.Count == 0)
            throw new ArgumentException("a block needs at least one layer", name);
        return layers.Contains(null!) ? throw new ArgumentException("a layer is null", name) : [.. layers];
    }
}
