namespace NeuralNetFromScratch.Onnx;

/// <summary>The table of the operators of an <see cref="OperatorLayer"/>.</summary>
internal static class StepOperators
{
    private static readonly Dictionary<string, StepOperator> Table = new()
    {
        ["Abs"] = new UnaryStep<AbsFunction>(),
        ["Acos"] = new UnaryStep<AcosFunction>(),
        ["Acosh"] = new UnaryStep<AcoshFunction>(),
        ["Asin"] = new UnaryStep<AsinFunction>(),
        ["Asinh"] = new UnaryStep<AsinhFunction>(),
        ["Atan"] = new UnaryStep<AtanFunction>(),
        ["Atanh"] = new UnaryStep<AtanhFunction>(),
        ["Ceil"] = new UnaryStep<CeilFunction>(),
        ["Celu"] = new UnaryStep<CeluFunction>("alpha"),
        ["Clip"] = new UnaryStep<ClipFunction>("min", "max"),
        ["Cos"] = new UnaryStep<CosFunction>(),
        ["Cosh"] = new UnaryStep<CoshFunction>(),
        ["Elu"] = new UnaryStep<EluStepFunction>("alpha"),
        ["Erf"] = new UnaryStep<ErfFunction>(),
        ["Exp"] = new UnaryStep<ExpFunction>(),
        ["Floor"] = new UnaryStep<FloorFunction>(),
        ["HardSigmoid"] = new UnaryStep<HardSigmoidFunction>("alpha", "beta"),
        ["HardSwish"] = new UnaryStep<HardSwishStepFunction>(),
        ["IsNaN"] = new UnaryStep<IsNaNFunction>(),
        ["LeakyRelu"] = new UnaryStep<LeakyReluStepFunction>("alpha"),
        ["Log"] = new UnaryStep<LogFunction>(),
        ["Mish"] = new UnaryStep<MishFunction>(),
        ["Neg"] = new UnaryStep<NegFunction>(),
        ["Not"] = new UnaryStep<NotFunction>(),
        ["Reciprocal"] = new UnaryStep<ReciprocalFunction>(),
        ["Relu"] = new UnaryStep<ReluStepFunction>(),
        ["Round"] = new UnaryStep<RoundFunction>(),
        ["Selu"] = new UnaryStep<SeluStepFunction>("alpha", "gamma"),
        ["Shrink"] = new UnaryStep<ShrinkFunction>("bias", "lambd"),
        ["Sigmoid"] = new UnaryStep<SigmoidStepFunction>(),
        ["Sign"] = new UnaryStep<SignFunction>(),
        ["Sin"] = new UnaryStep<SinFunction>(),
        ["Sinh"] = new UnaryStep<SinhFunction>(),
        ["Softplus"] = new UnaryStep<SoftplusStepFunction>(),
        ["Softsign"] = new UnaryStep<SoftsignFunction>(),
        ["Sqrt"] = new UnaryStep<SqrtFunction>(),
        ["Tan"] = new UnaryStep<TanFunction>(),
        ["Tanh"] = new UnaryStep<TanhStepFunction>(),
        ["ThresholdedRelu"] = new UnaryStep<ThresholdedReluFunction>("alpha"),
        ["Trunc"] = new UnaryStep<TruncFunction>(),

        ["Add"] = new BinaryStep<AddFunction>(),
        ["Div"] = new BinaryStep<DivFunction>(),
        ["Max"] = new BinaryStep<MaxFunction>(),
        ["Min"] = new BinaryStep<MinFunction>(),
        ["Mod"] = new BinaryStep<ModFunction>(),
        ["Mul"] = new BinaryStep<MulFunction>(),
        ["Pow"] = new BinaryStep<PowFunction>(),
        ["PRelu"] = new BinaryStep<PReluFunction>(),
        ["Sub"] = new BinaryStep<SubFunction>(),
        ["And"] = new BinaryStep<AndFunction>(),
        ["Equal"] = new BinaryStep<EqualFunction>(),
        ["Greater"] = new BinaryStep<GreaterFunction>(),
        ["GreaterOrEqual"] = new BinaryStep<GreaterOrEqualFunction>(),
        ["Less"] = new BinaryStep<LessFunction>(),
        ["LessOrEqual"] = new BinaryStep<LessOrEqualFunction>(),
        ["Or"] = new BinaryStep<OrFunction>(),
        ["Xor"] = new BinaryStep<XorFunction>(),
        ["Where"] = new WhereStep(),

        ["ReduceMax"] = new ReduceStep<MaximumReduction>(),
        ["ReduceMean"] = new ReduceStep<MeanReduction>(),
        ["ReduceMin"] = new ReduceStep<MinimumReduction>(),
        ["ReduceProd"] = new ReduceStep<ProductReduction>(),
        ["ReduceSum"] = new ReduceStep<SumReduction>(),
        ["Hardmax"] = new HardmaxStep(),
        ["LogSoftmax"] = new LogSoftmaxStep(),
        ["Softmax"] = new SoftmaxStep(),

        ["MatMul"] = new ProductStep(),

        ["View"] = new ViewStep(),
        ["Join"] = new JoinStep(),
        ["Pick"] = new PickStep(),
        ["Fill"] = new FillStep(),
    };

    /// <summary>The names of all operators.</summary>
    public static IEnumerable<string> Names => Table.Keys;

    /// <summary>Returns the operator with a name; null if there is none.</summary>
    public static StepOperator? Find(string name) => Table.GetValueOrDefault(name);
}
