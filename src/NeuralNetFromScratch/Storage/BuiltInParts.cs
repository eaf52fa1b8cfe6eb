
namespace NeuralNetFromScratch;

/// <summary>The library's own parts, by kind. Files are read with them unless a <see cref="PartRegistry"/> with more is given.</summary>
public static class BuiltInParts
{
    /// <summary>All of the library's kinds.</summary>
    public static PartRegistry Registry { get; } = PartRegistry.Empty
        .With<Dense>().With<Activate>().With<Affine>().With<BatchNormalization>().With<LayerNormalization>().With<Standardize>()
        .With<Dropout>().With<GaussianNoise>().With<Flatten>().With<Residual>()
        .With<BuiltInActivation<IdentityFunction>>().With<BuiltInActivation<ReluFunction>>().With<BuiltInActivation<LeakyReluFunction>>()
        .With<BuiltInActivation<EluFunction>>().With<BuiltInActivation<SeluFunction>>().With<BuiltInActivation<GeluFunction>>()
        .With<BuiltInActivation<GeluTanhFunction>>().With<BuiltInActivation<SiluFunction>>().With<BuiltInActivation<SoftplusFunction>>()
        .With<BuiltInActivation<SigmoidFunction>>().With<BuiltInActivation<TanhFunction>>().With<BuiltInActivation<HardSwishFunction>>()
        .With<SoftmaxCrossEntropy>().With<BinaryCrossEntropy>().With<MeanSquaredError>().With<MeanAbsoluteError>().With<Huber>()
        .With<Sgd>().With<Adam>().With<AdamW>().With<RmsProp>().With<Adagrad>().With<ParameterGroup>()
        .With<Accuracy>().With<TopKAccuracy>().With<Precision>().With<Recall>().With<F1Score>().With<RocAuc>().With<AveragePrecision>()
        .With<LogLoss>().With<CalibrationError>().With<ConfusionMatrixMetric>()
        .With<Mae>().With<Mse>().With<Rmse>().With<Mape>().With<R2>().With<ExplainedVariance>()
        .With<ConstantSchedule>().With<StepSchedule>().With<ExponentialSchedule>().With<InverseTimeSchedule>().With<CosineSchedule>()
        .With<LinearSchedule>().With<OneCycleSchedule>().With<PlateauSchedule>().With<ProductSchedule>().With<SequenceSchedule>()
        .With<WarmUpSchedule>()
        .With<ImageAugmentation>();

    /// <summary>The library's kinds and one of your own; further ones follow with <see cref="PartRegistry.With{TPart}"/>.</summary>
    /// <typeparam name="TPart">The part.</typeparam>
    /// <exception cref="ArgumentException">The library has a part of this kind.</exception>
    public static PartRegistry With<TPart>()
        where TPart : Part, IPart<TPart> => Registry.With<TPart>();
}
